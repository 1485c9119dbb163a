/** How a view is shown, where that is not the usual: filters, orders, what is marked. */
export type View = Readonly<Record<string, string>>;

/** Pages live in the URL's hash, so that the back button, a reload and a second browser tab work. */
export type Route =
  | { readonly page: 'start' }
  | {
      readonly page: 'experiment';
      readonly modelPath: string | null;
      readonly dataPath: string | null;
      /** The run whose settings to begin with. */
      readonly fromRunId: string | null;
      /** The finding of that run whose experiment to begin with. */
      readonly mend: string | null;
    }
  | { readonly page: 'queue' }
  | {
      readonly page: 'run';
      readonly runId: string;
      /** Of a finished run; the overview where none is named. */
      readonly tab?: string;
      readonly layer?: string;
      readonly view?: View;
    }
  | { readonly page: 'history'; readonly view?: View }
  | { readonly page: 'compare'; readonly runIds: readonly string[] }
  | {
      readonly page: 'networks';
      /** Two files, either of which may still have to be chosen. */
      readonly modelPaths: readonly [string | null, string | null];
      /** Or the compressed models of two runs; else empty. */
      readonly runIds: readonly string[];
      readonly layer?: string;
      readonly view?: View;
    }
  | { readonly page: 'devices' }
  | { readonly page: 'settings' };

export const startRoute: Route = { page: 'start' };
export const newExperimentRoute: Extract<Route, { page: 'experiment' }> = {
  page: 'experiment',
  modelPath: null,
  dataPath: null,
  fromRunId: null,
  mend: null,
};

/** Two models whose networks are to be compared. */
export const networksRoute: Extract<Route, { page: 'networks' }> = {
  page: 'networks',
  modelPaths: [null, null],
  runIds: [],
};

function named<Name extends string>(name: Name, parameters: URLSearchParams): { readonly [Key in Name]?: string } {
  const value = parameters.get(name);
  return value === null ? {} : ({ [name]: value } as { readonly [Key in Name]: string });
}

/** All parameters but those with a meaning of their own. */
function viewIn(parameters: URLSearchParams, own: readonly string[] = []): { readonly view?: View } {
  const entries = [...parameters].filter(([name]) => !own.includes(name));
  return entries.length === 0 ? {} : { view: Object.fromEntries(entries) };
}

function withQuery(path: string, parameters: URLSearchParams, view: View = {}): string {
  for (const [name, value] of Object.entries(view)) parameters.set(name, value);
  const query = parameters.toString();
  return query === '' ? path : `${path}?${query}`;
}

/** An address nobody wrote leads to the start page. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page, argument] = path.split('/');
  const parameters = new URLSearchParams(query);
  switch (page) {
    case 'new':
      return {
        page: 'experiment',
        modelPath: parameters.get('model'),
        dataPath: parameters.get('data'),
        fromRunId: parameters.get('from'),
        mend: parameters.get('mend'),
      };
    case 'queue':
      return { page: 'queue' };
    case 'run':
      return argument === undefined || argument === ''
        ? startRoute
        : {
            page: 'run',
            runId: decodeURIComponent(argument),
            ...named('tab', parameters),
            ...named('layer', parameters),
            ...viewIn(parameters, ['tab', 'layer']),
          };
    case 'history':
      return { page: 'history', ...viewIn(parameters) };
    case 'compare':
      return { page: 'compare', runIds: parameters.getAll('run') };
    case 'networks':
      return {
        page: 'networks',
        modelPaths: [parameters.get('a'), parameters.get('b')],
        runIds: parameters.getAll('run').slice(0, 2),
        ...named('layer', parameters),
        ...viewIn(parameters, ['a', 'b', 'run', 'layer']),
      };
    case 'devices':
      return { page: 'devices' };
    case 'settings':
      return { page: 'settings' };
    default:
      return startRoute;
  }
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'start':
      return '#/';
    case 'experiment': {
      const parameters = new URLSearchParams();
      if (route.modelPath !== null) parameters.set('model', route.modelPath);
      if (route.dataPath !== null) parameters.set('data', route.dataPath);
      if (route.fromRunId !== null) parameters.set('from', route.fromRunId);
      if (route.mend !== null) parameters.set('mend', route.mend);
      return withQuery('#/new', parameters);
    }
    case 'queue':
      return '#/queue';
    case 'run': {
      const parameters = new URLSearchParams();
      if (route.tab !== undefined) parameters.set('tab', route.tab);
      if (route.layer !== undefined) parameters.set('layer', route.layer);
      return withQuery(`#/run/${encodeURIComponent(route.runId)}`, parameters, route.view);
    }
    case 'history':
      return withQuery('#/history', new URLSearchParams(), route.view);
    case 'compare': {
      const parameters = new URLSearchParams(route.runIds.map((runId) => ['run', runId]));
      return `#/compare?${parameters.toString()}`;
    }
    case 'networks': {
      const parameters = new URLSearchParams(route.runIds.map((runId) => ['run', runId]));
      const [first, second] = route.modelPaths;
      if (first !== null) parameters.set('a', first);
      if (second !== null) parameters.set('b', second);
      if (route.layer !== undefined) parameters.set('layer', route.layer);
      return withQuery('#/networks', parameters, route.view);
    }
    case 'devices':
      return '#/devices';
    case 'settings':
      return '#/settings';
  }
}
