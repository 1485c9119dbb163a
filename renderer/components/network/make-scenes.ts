import type { Item } from '../../../shared/network/module-tree.ts';
import { isInAfter, isInBefore, type RunNetwork } from '../../../shared/network/network.ts';
import type { Palette } from '../../theme.ts';
import type { NetworkLayout } from './layout.ts';
import { lookOf, type Overlay } from './overlay.ts';
import { makeScene, type BoxFacts, type Scene } from './scene.ts';
import { reaches, type Threshold } from './threshold.ts';
import type { Mode, Picture } from './use-picture.ts';

/** Nodes whose name or operator has all the words. */
export function findNodes({ nodes }: RunNetwork, query: string): ReadonlySet<number> | null {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  return new Set(
    nodes.flatMap(({ name, opType }, index) => {
      const text = `${name} ${opType}`.toLowerCase();
      return words.every((word) => text.includes(word)) ? [index] : [];
    }),
  );
}

/** All that a picture is painted from. */
export interface ScenePlan {
  readonly network: RunNetwork;
  readonly picture: Picture;
  readonly layout: NetworkLayout;
  readonly mode: Mode;
  readonly overlay: Overlay;
  readonly selectedId: string | null;
  readonly found: ReadonlySet<number> | null;
  readonly palette: Palette;
  /** What is less than that is dimmed. */
  readonly threshold: Threshold | null;
  readonly countNodes: (count: number) => string;
}

function sceneOf(side: 'before' | 'after', what: ScenePlan): Scene {
  const { network, picture, layout, mode, overlay, palette } = what;
  const isHere = side === 'before' ? isInBefore : isInAfter;
  const membersOf = (item: Item): readonly number[] =>
    item.kind === 'node' ? [item.node] : picture.tree.modules.get(item.id)!.nodes;
  const marked =
    what.found === null ? null : new Set([...what.found].flatMap((node) => picture.visible.itemOf.get(node) ?? []));
  const touching = new Set<number>();
  if (what.selectedId !== null) {
    for (const [index, { from, to }] of network.edges.entries()) {
      const ends = [picture.visible.itemOf.get(from), picture.visible.itemOf.get(to)];
      if (ends.includes(what.selectedId)) touching.add(index);
    }
  }
  const ofNode = (index: number): Pick<BoxFacts, 'title' | 'subtitle' | 'isTerminal'> => {
    const { kind, opType, name } = network.nodes[index]!;
    const label = picture.tree.labelOf.get(index) ?? name;
    if (kind !== 'operator') return { title: label, subtitle: '', isTerminal: true };
    return { title: opType, subtitle: label === opType ? '' : label, isTerminal: false };
  };
  const ofModule = (id: string): Pick<BoxFacts, 'title' | 'subtitle' | 'isTerminal'> => ({
    title: picture.tree.modules.get(id)!.label,
    subtitle: what.countNodes(picture.moduleFigures(id).nodeCount),
    isTerminal: false,
  });
  return makeScene(
    layout,
    ({ item }) => {
      const subject = picture.subjectOf(item, side);
      const texts = item.kind === 'node' ? ofNode(item.node) : ofModule(item.id);
      return {
        ...texts,
        look: texts.isTerminal ? { fill: palette.raised, text: '' } : lookOf(overlay, subject, picture.scale, palette),
        isDimmed: what.threshold !== null && !texts.isTerminal && !reaches(what.threshold, overlay, subject),
        isFloat: side === 'after' && mode !== 'before' && subject.figures.isFloat,
        isGone: mode === 'both' && !membersOf(item).some((index) => isHere(network.nodes[index]!)),
      };
    },
    (edges) => {
      const own = edges.map((index) => network.edges[index]!);
      const [inBefore, inAfter] = [own.some((edge) => edge.inBefore), own.some((edge) => edge.inAfter)];
      return {
        converts: mode !== 'before' && side === 'after' && edges.some((index) => picture.converting.has(index)),
        side: mode !== 'difference' || (inBefore && inAfter) ? 'both' : inBefore ? 'before' : 'after',
        isHidden: mode === 'both' && (side === 'before' ? !inBefore : !inAfter),
      };
    },
    { id: what.selectedId, edges: touching, marked },
    palette,
  );
}

/** One picture, or both sides of it. */
export function makeScenes(what: ScenePlan): readonly { readonly side: 'before' | 'after'; readonly scene: Scene }[] {
  const sides =
    what.mode === 'both' ? (['before', 'after'] as const) : ([what.mode === 'before' ? 'before' : 'after'] as const);
  return sides.map((side) => ({ side, scene: sceneOf(side, what) }));
}
