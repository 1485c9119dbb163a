import { z } from 'zod';

/** What a model is for: it decides which figures say how good it is. */
export const taskNames = [
  'classification',
  'multi-label',
  'detection',
  'segmentation',
  'embedding',
  'regression',
] as const;
export const taskSchema = z.enum(taskNames);
export type TaskName = z.infer<typeof taskSchema>;

/** How the vectors of a text's tokens become one: their mean, the first, the largest values, the last. */
export const poolings = ['mean', 'cls', 'max', 'last'] as const;
export const poolingSchema = z.enum(poolings);
export type Pooling = z.infer<typeof poolingSchema>;

/** The usual preprocessing of a family of models, where no configuration lies beside the images. */
export const preprocessPresets = ['imagenet', 'yolo', 'clip', 'paddleocr'] as const;
export const preprocessSchema = z.enum(preprocessPresets);
export type PreprocessPreset = z.infer<typeof preprocessSchema>;

/**
 * How the outputs of a detector say which boxes it found. `yolov5`: rows of a box, whether there is anything, and class scores;
 * `yolov8`: the same without the second; `end-to-end`: rows of corners, score and class; `ssd`: boxes, scores and classes as outputs of
 * their own, selected by the model; `boxes-scores`: all boxes and their class scores; `detr`: queries with boxes and logits.
 */
export const headKinds = ['yolov5', 'yolov8', 'end-to-end', 'ssd', 'boxes-scores', 'detr'] as const;
export const headKindSchema = z.enum(headKinds);
export type HeadKind = z.infer<typeof headKindSchema>;
