import {
  BarController,
  BarElement,
  BubbleController,
  CategoryScale,
  Chart,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
} from 'chart.js';
import { endLabelsPlugin } from '../../shared/charts/end-labels-plugin.ts';
import { hatchPlugin } from '../../shared/charts/hatch-plugin.ts';
import { markersPlugin } from '../../shared/charts/markers-plugin.ts';
import { canvasFontPx, sansSerif } from '../theme.ts';
import { pointLabelsPlugin } from './point-labels-plugin.ts';

Chart.defaults.font.family = sansSerif;
Chart.defaults.font.size = canvasFontPx;
// Only what is drawn: the rest of Chart.js stays out of the bundle.
Chart.register(
  BarController,
  BarElement,
  BubbleController,
  CategoryScale,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
  endLabelsPlugin,
  hatchPlugin,
  markersPlugin,
  pointLabelsPlugin,
);
