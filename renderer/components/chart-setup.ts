import {
  BarController,
  BarElement,
  BubbleController,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
} from 'chart.js';
import { sansSerif } from '../theme.ts';
import { intervalsPlugin } from './intervals-plugin.ts';
import { markersPlugin } from './markers-plugin.ts';
import { pointLabelsPlugin } from './point-labels-plugin.ts';

Chart.defaults.font.family = sansSerif;
// Only what is drawn: the rest of Chart.js stays out of the bundle.
Chart.register(
  BarController,
  BarElement,
  BubbleController,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
  intervalsPlugin,
  markersPlugin,
  pointLabelsPlugin,
);
