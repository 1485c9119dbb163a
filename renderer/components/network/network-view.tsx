import { ActionIcon, Button, Loader, VisuallyHidden } from '@mantine/core';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { itemId, modulesAround, rootModule, type Item } from '../../../shared/network/module-tree.ts';
import type { RunNetwork } from '../../../shared/network/network.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { Icon } from '../icon.tsx';
import { ErrorNotice } from '../notice.tsx';
import { usePalette } from '../use-palette.ts';
import { exportPng, exportSvg } from './export-picture.ts';
import { ItemFacts } from './item-facts.tsx';
import type { Box } from './layout.ts';
import { Legend } from './legend.tsx';
import { Minimap, type MinimapHandle } from './minimap.tsx';
import { NetworkCanvas, type CanvasHandle } from './network-canvas.tsx';
import { findNodes } from './make-scenes.ts';
import { NetworkTools } from './network-tools.tsx';
import type { Overlay } from './overlay.ts';
import { useLayout } from './use-layout.ts';
import { closedAll, usePicture, type Mode } from './use-picture.ts';
import { useScenes } from './use-scenes.ts';
import classes from './network.module.css';

interface NetworkViewProps {
  readonly network: RunNetwork;
  /** Null for two files that no run tells about. */
  readonly run: RunDocument | null;
  /** Name of the selected layer, kept by whoever shows this. */
  readonly active: string | null;
  readonly onActive: (name: string | null) => void;
  /** Below what is known of the selected node. */
  readonly details?: ReactNode;
  /** What exported pictures are called. */
  readonly fileName: string;
}

/** The item nearest to one side of another, on about the same height. */
function besides(boxes: readonly Box[], own: Box, direction: -1 | 1): Box | null {
  const centre = ({ x, width }: Box): number => x + width / 2;
  const others = boxes.filter(
    (box) => !box.isOpen && box.id !== own.id && Math.abs(box.y + box.height / 2 - own.y - own.height / 2) < 60,
  );
  const ahead = others.filter((box) => direction * (centre(box) - centre(own)) > 1);
  return (
    ahead.toSorted((left, right) => Math.abs(centre(left) - centre(own)) - Math.abs(centre(right) - centre(own)))[0] ??
    null
  );
}

/** The network as a picture: modules to open, colours for what was measured, both models and their difference. */
export function NetworkView(props: NetworkViewProps) {
  const { t } = useTranslation();
  const palette = usePalette();
  const { network, run, active } = props;
  const [mode, setMode] = useState<Mode>('after');
  const [overlay, setOverlay] = useState<Overlay>(run === null ? 'change' : 'time');
  const [query, setQuery] = useState('');
  const [moduleId, setModuleId] = useState<string | null>(null);
  const [terminal, setTerminal] = useState<number | null>(null);
  const indexByName = useMemo(
    () => new Map(network.nodes.map((node, index) => [`${node.kind} ${node.name}`, index])),
    [network],
  );
  const activeNode = moduleId !== null || active === null ? null : (indexByName.get(`operator ${active}`) ?? null);
  const picture = usePicture(network, run, mode, activeNode);
  const { layout, of, error, isBusy } = useLayout(picture.visible);
  const shownPicture = of === picture.visible ? picture : null;
  const [lastPicture, setLastPicture] = useState(picture);
  if (shownPicture !== null && shownPicture !== lastPicture) setLastPicture(shownPicture);
  const drawn = shownPicture ?? lastPicture;
  const canvas = useRef<CanvasHandle>(null);
  const minimap = useRef<MinimapHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const stage = useRef<HTMLDivElement>(null);

  const selected: Item | null =
    moduleId !== null && drawn.tree.modules.has(moduleId)
      ? { kind: 'module', id: moduleId }
      : terminal !== null
        ? { kind: 'node', node: terminal }
        : activeNode === null
          ? null
          : { kind: 'node', node: activeNode };
  const selectedId =
    selected === null
      ? null
      : selected.kind === 'module'
        ? itemId(selected)
        : (drawn.visible.itemOf.get(selected.node) ?? null);
  const found = useMemo(() => findNodes(network, query), [network, query]);

  const scenes = useScenes(layout, shownPicture, { network, mode, overlay, selectedId, found, palette });
  const [lastScenes, setLastScenes] = useState(scenes);
  if (scenes !== null && scenes !== lastScenes) setLastScenes(scenes);
  const painted = scenes ?? lastScenes;

  // What moves the view once the new picture is there: the box that was toggled stays, a selection is brought into sight.
  const pending = useRef<{ readonly keep: Box } | { readonly show: string } | 'begin' | null>('begin');
  useEffect(() => {
    if (layout === null || isBusy || canvas.current === null || pending.current === null) return;
    const wanted = pending.current;
    pending.current = null;
    if (wanted === 'begin') {
      canvas.current.begin();
      const box = layout.boxes.find(({ id }) => id === selectedId);
      if (box !== undefined) canvas.current.centreOn(box);
    } else if ('show' in wanted) {
      const box = layout.boxes.find(({ id }) => id === wanted.show);
      if (box !== undefined) canvas.current.centreOn(box);
    } else {
      const box = layout.boxes.find(({ id }) => id === wanted.keep.id);
      const { scale } = canvas.current.view();
      if (box !== undefined) canvas.current.moveBy(scale * (wanted.keep.x - box.x), scale * (wanted.keep.y - box.y));
    }
  });

  const select = (id: string | null, how: 'stay' | 'show'): void => {
    const item = id === null ? null : (drawn.visible.items.get(id) ?? null);
    setModuleId(item?.kind === 'module' ? item.id : null);
    const node = item?.kind === 'node' ? network.nodes[item.node]! : null;
    setTerminal(item?.kind === 'node' && node?.kind !== 'operator' ? item.node : null);
    if (item?.kind !== 'module') props.onActive(node?.kind === 'operator' ? node.name : null);
    if (how === 'show' && id !== null) pending.current = { show: id };
  };
  const toggle = (box: Pick<Box, 'id' | 'item'>): void => {
    if (box.item.kind !== 'module') return;
    const { id } = box.item;
    const open = new Set(picture.open);
    if (open.has(id)) {
      for (const inner of [...open]) if (inner === id || inner.startsWith(`${id}/`)) open.delete(inner);
      setModuleId(id);
      if (activeNode !== null && modulesAround(picture.tree, { kind: 'node', node: activeNode }).includes(id))
        props.onActive(null);
    } else open.add(id);
    const keep = layout?.boxes.find((other) => other.id === box.id);
    if (keep !== undefined) pending.current = { keep };
    picture.setOpen(open);
  };
  const openAll = (all: boolean): void => {
    if (!all) props.onActive(null);
    pending.current = 'begin';
    picture.setOpen(all ? new Set(picture.tree.modules.keys()) : closedAll);
  };
  const nextFound = (): void => {
    const list = found === null ? [] : [...found].filter((index) => picture.visible.itemOf.has(index));
    if (list.length === 0) return;
    const at = activeNode === null ? -1 : list.indexOf(activeNode);
    const node = network.nodes[list[(at + 1) % list.length]!]!;
    setModuleId(null);
    if (node.kind === 'operator') props.onActive(node.name);
    const index = list[(at + 1) % list.length]!;
    pending.current = { show: `n${index}` };
  };

  const move = (key: string): boolean => {
    const boxes = layout?.boxes ?? [];
    const own = boxes.find(({ id }) => id === selectedId) ?? null;
    if (own === null) {
      const first = boxes.find(({ isOpen }) => !isOpen);
      if (first !== undefined) select(first.id, 'show');
      return true;
    }
    const next =
      key === 'ArrowDown'
        ? drawn.visible.next.get(own.id)?.[0]
        : key === 'ArrowUp'
          ? drawn.visible.previous.get(own.id)?.[0]
          : besides(boxes, own, key === 'ArrowLeft' ? -1 : 1)?.id;
    if (next !== undefined) select(next, 'show');
    return true;
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    const own = layout?.boxes.find(({ id }) => id === selectedId);
    const actions: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move('ArrowDown'),
      ArrowUp: () => move('ArrowUp'),
      ArrowLeft: () => move('ArrowLeft'),
      ArrowRight: () => move('ArrowRight'),
      Enter: () => {
        if (own?.item.kind === 'module') toggle(own);
      },
      Backspace: () => {
        const around = selected === null ? undefined : modulesAround(picture.tree, selected).at(-1);
        if (around !== undefined) toggle({ id: `m${around}`, item: { kind: 'module', id: around } });
      },
      Escape: () => {
        setQuery('');
        select(null, 'stay');
      },
      '/': () => search.current?.focus(),
      '+': () => canvas.current?.zoomBy(1.3),
      '-': () => canvas.current?.zoomBy(1 / 1.3),
      '0': () => canvas.current?.fit(),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  // A selection that came from elsewhere, as from the table, is brought into sight.
  const lastActive = useRef(active);
  useEffect(() => {
    if (lastActive.current === active) return;
    lastActive.current = active;
    if (activeNode !== null && pending.current === null) {
      const box = layout?.boxes.find(({ id }) => id === `n${activeNode}`);
      if (box === undefined) pending.current = { show: `n${activeNode}` };
    }
  }, [active, activeNode, layout]);

  const isWhole = network.missing.length === 0;
  const said =
    selected === null
      ? ''
      : selected.kind === 'module'
        ? `${selected.id}, ${t('network.nodeCount', { count: drawn.moduleFigures(selected.id).nodeCount })}`
        : `${network.nodes[selected.node]!.opType} ${network.nodes[selected.node]!.name}`;
  const changeMode = (next: Mode): void => {
    pending.current = 'begin';
    setMode(next);
    if (next === 'difference' || next === 'both') setOverlay('change');
    else if (overlay === 'change' && run !== null) setOverlay('time');
  };
  const main = painted?.at(-1)?.scene ?? null;
  return (
    // Keys of the picture work wherever the focus is in it, but in fields.
    <div className={classes.view}>
      <NetworkTools
        mode={isWhole ? mode : null}
        onMode={changeMode}
        overlay={overlay}
        hasRun={run !== null}
        onOverlay={setOverlay}
        query={query}
        onQuery={setQuery}
        searchRef={search}
        foundCount={found?.size ?? null}
        onNext={nextFound}
        onLeave={() => stage.current?.focus()}
        onOpenAll={picture.tree.modules.size > 1 ? openAll : null}
        onExport={
          main === null ? null : (kind) => (kind === 'png' ? exportPng : exportSvg)(main, palette, props.fileName)
        }
      />
      {network.missing.map(({ model, why }) => (
        <p key={model} className="muted">
          {t(`network.missing.${model}`, { why: t(`network.why.${why}`) })}
        </p>
      ))}
      {network.cut.nodes + network.cut.edges > 0 && (
        <p className="muted">{t('network.cut', { nodes: network.cut.nodes, edges: network.cut.edges })}</p>
      )}
      {error !== null && <ErrorNotice error={error} />}
      <div className={classes.body}>
        <div
          ref={stage}
          className={classes.stage}
          tabIndex={0}
          role="application"
          aria-roledescription={t('network.role')}
          aria-label={t('network.label', { count: network.nodes.length })}
          aria-description={t('network.keys')}
          onKeyDown={onKey}
        >
          {painted !== null && (
            <NetworkCanvas
              ref={canvas}
              scenes={painted}
              palette={palette}
              onPick={(box) => select(box?.id ?? null, 'stay')}
              onToggle={toggle}
              onView={() => minimap.current?.paint()}
            />
          )}
          {isBusy && (
            <div className={classes.busy} role="status">
              <Loader size={14} />
              {t('network.layingOut')}
            </div>
          )}
          <div className={classes.corner}>
            {main !== null && <Minimap ref={minimap} scene={main} palette={palette} canvas={canvas} />}
            <div className={classes.zoom}>
              <ActionIcon aria-label={t('network.zoomIn')} onClick={() => canvas.current?.zoomBy(1.3)}>
                +
              </ActionIcon>
              <ActionIcon aria-label={t('network.zoomOut')} onClick={() => canvas.current?.zoomBy(1 / 1.3)}>
                −
              </ActionIcon>
              <ActionIcon aria-label={t('network.fit')} title={t('network.fit')} onClick={() => canvas.current?.fit()}>
                <Icon name="fit" />
              </ActionIcon>
            </div>
          </div>
        </div>
        <aside className={classes.side} aria-label={t('network.selected')} tabIndex={0}>
          {selected === null ? (
            <p className="muted">{t('network.hint')}</p>
          ) : (
            <ItemFacts network={network} picture={drawn} item={selected} />
          )}
          {selected?.kind === 'module' && selected.id !== rootModule && (
            <Button variant="default" onClick={() => toggle({ id: itemId(selected), item: selected })}>
              {picture.open.has(selected.id) ? t('network.close') : t('network.open')}
            </Button>
          )}
          {selected?.kind === 'node' && props.details}
        </aside>
      </div>
      <Legend
        overlay={overlay}
        scale={drawn.scale}
        palette={palette}
        hasFloat={mode !== 'before'}
        hasConversions={mode !== 'before' && drawn.converting.size > 0}
      />
      <VisuallyHidden aria-live="polite">{said}</VisuallyHidden>
    </div>
  );
}
