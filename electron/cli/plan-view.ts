export function renderPlan(plan: unknown): string {
  return JSON.stringify(plan, null, 2);
}
