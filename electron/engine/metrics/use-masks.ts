import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { Dataset } from '../data/dataset.ts';
import { checkMaskClasses, leftOutClass, type Masks } from '../data/masks/read-masks.ts';
import { projectMask } from '../data/masks/project-mask.ts';
import type { ImagePlacement } from '../data/image-placement.ts';
import type { Size } from '../data/resize-rule.ts';
import type { Targets } from '../data/targets.ts';
import { floatTypes } from './float-types.ts';
import type { OutputFacts, TargetUse } from './task.ts';

/** How an output is read as a map of classes. */
interface MapLayout extends Size {
  readonly classes: number;
  readonly areClassesLast: boolean;
}

const covers = ({ width, height }: Size, fed: Size): boolean =>
  width > 0 && height > 0 && Math.abs(fed.width / width / (fed.height / height) - 1) < 0.05;

/** Null where the output is no map of what the model saw. */
function findLayout({ dims, dataType }: OutputFacts, fed: Size): MapLayout | null {
  const [first, second, last] = dims.length === 2 ? [1, ...dims] : dims;
  if (first === undefined || second === undefined || last === undefined || dims.length > 3) return null;
  const isWhole = !floatTypes.includes(dataType);
  if (covers({ height: second, width: last }, fed) && (!isWhole || first === 1))
    return { classes: first, height: second, width: last, areClassesLast: false };
  if (covers({ height: first, width: second }, fed) && (!isWhole || last === 1))
    return { classes: last, height: first, width: second, areClassesLast: true };
  return null;
}

function targetsOf(
  masks: Masks,
  placementOf: (index: number) => ImagePlacement,
  output: string,
  layout: MapLayout,
): Targets {
  const { width, height, classes } = layout;
  const isBlackAndWhite = masks.areBlackAndWhite && classes <= 2;
  return {
    name: masks.path,
    output,
    dataType: 'int32',
    dims: [height, width],
    areYesOrNo: false,
    read: async (index) => {
      const data = projectMask(await masks.read(index), placementOf(index), { width, height });
      if (isBlackAndWhite) for (const [at, value] of data.entries()) if (value === leftOutClass) data[at] = 1;
      return { dataType: 'int32', dims: [height, width], data };
    },
  };
}

/**
 * The masks as targets of the output that is a map of classes, in its size, and how that is read: class scores before or behind the
 * pixels, one score a pixel (yes or no), or classes.
 * @returns null without masks.
 * @throws AppError `data-shape-mismatch` where no output is such a map; `labels-malformed` for classes that the model does not have.
 */
export function useMasks(
  { masks, placement }: Pick<Dataset, 'masks' | 'placement'>,
  outputs: readonly OutputFacts[],
): { readonly targets: Targets; readonly use: TargetUse } | null {
  if (masks == null || placement === undefined) return null;
  const { fed } = placement(0);
  for (const output of outputs) {
    const layout = findLayout(output, fed);
    if (layout === null) continue;
    const isFloat = floatTypes.includes(output.dataType);
    if (isFloat) checkMaskClasses(masks, layout.classes);
    return {
      targets: targetsOf(masks, placement, output.name, layout),
      use: {
        output,
        task: 'segmentation',
        map: {
          isYesOrNo: isFloat && layout.classes === 1,
          areClassesLast: layout.areClassesLast && layout.classes > 1,
        },
      },
    };
  }
  const shapes = outputs.map(({ name, dims }) => `"${name}" [${dims.join(', ')}]`).join(', ');
  throw new AppError('data-shape-mismatch', tell('outputNoMap', { path: masks.path, shapes }));
}
