/** Vernier's own icons: 16-unit grid, one stroke width, drawn in the text's colour. Decorative; labels are beside them. */
const paths = {
  start: 'M2.5 7.2 8 2.8l5.5 4.4v6H9.8V9.6H6.2v3.6H2.5z',
  add: 'M8 3v10M3 8h10',
  queue: 'M3 4h10M3 8h10M3 12h6',
  history: 'M8 4.6V8l2.4 1.6M2.6 8a5.4 5.4 0 1 0 1.8-4L2.6 5.6M2.6 2.8v2.8h2.8',
  compare: 'M8 2v12M3 5.5h3M3 8h3M3 10.5h3M10 5.5h3M10 8h3M10 10.5h3',
  settings: 'M3 4.5h5.5M11.5 4.5H13M3 11.5h1.5M7.5 11.5H13M10 3v3M6 10v3',
  star: 'm8 2.4 1.7 3.5 3.9.5-2.9 2.7.8 3.8L8 11l-3.5 1.9.8-3.8-2.9-2.7 3.9-.5z',
  model: 'M8 2.2 13 5v6l-5 2.8L3 11V5zM3 5l5 2.9L13 5M8 7.9v5.9',
  data: 'M3 3h4.2v4.2H3zM8.8 3H13v4.2H8.8zM3 8.8h4.2V13H3zM8.8 8.8H13V13H8.8z',
  recipe: 'M4 2.8h8v10.4H4zM6.2 5.6h3.6M6.2 8h3.6M6.2 10.4h2',
  folder: 'M2.5 4h4l1.3 1.6h5.7V12.5h-11z',
  file: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  play: 'M5 3.2v9.6L12.6 8z',
  stop: 'M4.2 4.2h7.6v7.6H4.2z',
  close: 'm4 4 8 8M12 4l-8 8',
  search: 'M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM10.2 10.2 13.4 13.4',
  table: 'M2.8 3.5h10.4v9H2.8zM2.8 6.6h10.4M2.8 9.6h10.4M6.4 3.5v9',
  chart: 'M2.8 2.8v10.4h10.4M5.6 10.6V8M8.4 10.6V5.2M11.2 10.6V7',
  copy: 'M5.6 5.6h7.2v7.6H5.6zM10.4 5.6V2.8H3.2v7.6h2.4',
  image: 'M2.8 3.4h10.4v9.2H2.8zM2.8 10.6l3-3 2.4 2.4 2-2 3 3M10.2 6.1h.1',
  download: 'M8 2.8v7.4M5 7.4l3 3 3-3M3 13.2h10',
  columns: 'M2.8 3.4h10.4v9.2H2.8zM6.3 3.4v9.2M9.8 3.4v9.2',
  warning: 'M8 2.8 14 13H2zM8 6.6v3M8 11.3v.1',
  info: 'M8 2.6a5.4 5.4 0 1 0 0 10.8A5.4 5.4 0 0 0 8 2.6zM8 7.4v3.4M8 5.2v.1',
  check: 'm3.4 8.4 3 3 6.2-6.6',
  trash: 'M3 4.4h10M6.4 4.4V2.8h3.2v1.6M4.4 4.4l.6 8.8h6l.6-8.8',
  clock: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 4.6V8l2.4 1.6',
  repeat: 'M3 7V6.2A2.2 2.2 0 0 1 5.2 4H13l-2-2M13 9v.8a2.2 2.2 0 0 1-2.2 2.2H3l2 2',
  up: 'M8 13V3.4M4.4 7 8 3.4 11.6 7',
  edit: 'm10.4 3.2 2.4 2.4-7.2 7.2-3 .6.6-3z',
  more: 'M3.4 8h.1M8 8h.1M12.6 8h.1',
  link: 'M6.6 9.4a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-.7.7M9.4 6.6a2.6 2.6 0 0 0-3.7 0L3.4 8.9a2.6 2.6 0 0 0 3.7 3.7l.7-.7',
  chevron: 'm6 3.6 4.4 4.4L6 12.4',
  openAll: 'm4 2.6 4 3.6 4-3.6M4 8l4 3.6L12 8',
  closeAll: 'm4 7.2 4-3.6 4 3.6M4 12.8l4-3.6 4 3.6',
  ascending: 'm4.8 9.6 3.2-3.2 3.2 3.2',
  descending: 'm4.8 6.4 3.2 3.2 3.2-3.2',
  devices: 'M2.6 3h10.8v3.6H2.6zM2.6 9.4h10.8V13H2.6zM5 4.8h.1M5 11.2h.1M8 6.6v2.8',
  fit: 'M2.8 6V2.8H6M10 2.8h3.2V6M13.2 10v3.2H10M6 13.2H2.8V10',
  battery: 'M2.4 5h9.6v6H2.4zM13.6 7v2M4.6 7v2',
  cpu: 'M4.6 4.6h6.8v6.8H4.6zM6.4 2.4v2.2M9.6 2.4v2.2M6.4 11.4v2.2M9.6 11.4v2.2M2.4 6.4h2.2M2.4 9.6h2.2M11.4 6.4h2.2M11.4 9.6h2.2',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16, filled = false }: { name: IconName; size?: number; filled?: boolean }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill={filled ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={1.3}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
