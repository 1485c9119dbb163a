import { resolve } from 'node:path';
import ts from 'typescript';

/** A text that the sources can say, with samples where it varies. */
export interface SourceText {
  /** Source file and line. */
  readonly place: string;
  readonly text: string;
}

/** Stands for a name, a path, a reason of the system's: whatever the sources do not write themselves. */
const sampleText = 'SAMPLE';
const sampleNumber = '7';
/** Ways through one expression that are followed; enough for every sentence there is, and an end for those that multiply. */
const mostVariants = 400;
const deepestCall = 6;

const root = resolve(import.meta.dirname, '../..');

/** The sources that can say something to a user, read once. */
export interface SourceTexts {
  /**
   * Every message given to `new AppError`: literals as they are, each branch of a condition, each argument that a call gives to
   * a function which builds the message, and a sample for what is only known when it runs.
   */
  readonly errorMessages: () => SourceText[];
  /** What the objects written in a file have under a name. */
  readonly propertyTexts: (file: string, property: string) => SourceText[];
  /** What functions of this name are given first, whoever has them. */
  readonly argumentTexts: (functionName: string) => SourceText[];
}

export function openSourceTexts(): SourceTexts {
  const configPath = resolve(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(configPath, (path) => ts.sys.readFile(path)) as { config: object };
  const { fileNames, options } = ts.parseJsonConfigFileContent(
    { ...config, include: ['electron', 'shared', 'renderer/api.ts'] },
    ts.sys,
    root,
  );
  const program = ts.createProgram(fileNames, options);
  const sources = program
    .getSourceFiles()
    .filter((source) => !source.isDeclarationFile && !source.fileName.includes('/node_modules/'));
  const variants = createReader(program.getTypeChecker(), sources);

  /** @param select the expression in a node whose texts are wanted. */
  function collect(select: (node: ts.Node, source: ts.SourceFile) => ts.Expression | undefined): SourceText[] {
    const found: SourceText[] = [];
    for (const source of sources) {
      visit(source, (node) => {
        const expression = select(node, source);
        if (expression === undefined) return;
        const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        const place = `${source.fileName.slice(root.length + 1)}:${line}`;
        for (const text of variants(expression)) found.push({ place, text });
      });
    }
    return found;
  }

  return {
    errorMessages: () =>
      collect((node) =>
        ts.isNewExpression(node) && node.expression.getText() === 'AppError' ? node.arguments?.[1] : undefined,
      ),
    argumentTexts: (functionName) =>
      collect((node) =>
        ts.isCallExpression(node) && node.expression.getText().split('.').at(-1) === functionName
          ? node.arguments[0]
          : undefined,
      ),
    propertyTexts: (file, property) =>
      collect((node, source) => {
        if (!source.fileName.endsWith(file)) return undefined;
        if (ts.isPropertyAssignment(node) && node.name.getText() === property) return node.initializer;
        return ts.isShorthandPropertyAssignment(node) && node.name.text === property ? node.name : undefined;
      }),
  };
}

function visit(node: ts.Node, act: (node: ts.Node) => void): void {
  act(node);
  ts.forEachChild(node, (child) => visit(child, act));
}

/** @returns what lists the texts an expression of type string can be. */
function createReader(
  checker: ts.TypeChecker,
  sources: readonly ts.SourceFile[],
): (expression: ts.Expression) => readonly string[] {
  const callsOf = findCalls(checker, sources);

  function sample(expression: ts.Expression): string[] {
    const type = checker.getTypeAtLocation(expression);
    const members = type.isUnion() ? type.types : [type];
    const literals = members.flatMap((member) => (member.isStringLiteral() ? [member.value] : []));
    // Few literals are words of the sentence ("original", "compressed"); many are names, such as data types.
    if (literals.length === members.length && literals.length <= 3) return literals;
    return [(type.flags & ts.TypeFlags.NumberLike) !== 0 ? sampleNumber : sampleText];
  }

  function all(expressions: readonly ts.Expression[], depth: number): string[] {
    return [...new Set(expressions.flatMap((one) => [...read(one, depth)]))].slice(0, mostVariants);
  }

  function join(left: readonly string[], right: readonly string[]): string[] {
    return left.flatMap((start) => right.map((end) => start + end)).slice(0, mostVariants);
  }

  function read(expression: ts.Expression, depth = 0): readonly string[] {
    if (depth > deepestCall) return [sampleText];
    if (ts.isStringLiteralLike(expression)) return [expression.text];
    if (ts.isParenthesizedExpression(expression)) return read(expression.expression, depth);
    if (ts.isNonNullExpression(expression) || ts.isAsExpression(expression)) return read(expression.expression, depth);
    if (ts.isConditionalExpression(expression)) return all([expression.whenTrue, expression.whenFalse], depth);
    if (ts.isTemplateExpression(expression)) {
      return expression.templateSpans.reduce(
        (texts, span) => join(join(texts, read(span.expression, depth)), [span.literal.text]),
        [expression.head.text],
      );
    }
    if (ts.isBinaryExpression(expression)) {
      if (expression.operatorToken.kind === ts.SyntaxKind.PlusToken && !isNumber(expression)) {
        return join(read(expression.left, depth), read(expression.right, depth));
      }
      if (expression.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return read(expression.left, depth);
    }
    if (ts.isIdentifier(expression)) return readName(expression, depth);
    if (ts.isPropertyAccessExpression(expression)) return readProperty(expression, depth);
    if (ts.isElementAccessExpression(expression)) return readElement(expression, depth);
    if (ts.isCallExpression(expression)) return readCall(expression, depth);
    return sample(expression);
  }

  function isNumber(expression: ts.Expression): boolean {
    return (checker.getTypeAtLocation(expression).flags & ts.TypeFlags.NumberLike) !== 0;
  }

  /** A constant is what it was set to; a parameter what the callers give. */
  function readName(name: ts.Identifier, depth: number): readonly string[] {
    if (isNumber(name)) return [sampleNumber];
    const declaration = ts.isShorthandPropertyAssignment(name.parent)
      ? checker.getShorthandAssignmentValueSymbol(name.parent)?.valueDeclaration
      : checker.getSymbolAtLocation(name)?.valueDeclaration;
    if (declaration === undefined) return sample(name);
    if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
      const isConstant = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
      if (isConstant && ts.isIdentifier(declaration.name)) return read(declaration.initializer, depth + 1);
    }
    if (ts.isParameter(declaration)) {
      const given = argumentsFor(declaration);
      if (given.length > 0) return all(given, depth + 1);
    }
    return sample(name);
  }

  /** A property of a parameter is what the callers write there, where they write it out. */
  function readProperty(access: ts.PropertyAccessExpression, depth: number): readonly string[] {
    if (isNumber(access)) return [sampleNumber];
    const owner = access.expression;
    const declaration = ts.isIdentifier(owner) ? checker.getSymbolAtLocation(owner)?.valueDeclaration : undefined;
    if (declaration === undefined || !ts.isParameter(declaration)) return sample(access);
    const values = argumentsFor(declaration).flatMap((given) => {
      const literal = ts.isIdentifier(given) ? initializerOf(given) : given;
      if (literal === undefined || !ts.isObjectLiteralExpression(literal)) return [];
      return literal.properties.flatMap((property) =>
        ts.isPropertyAssignment(property) && property.name.getText() === access.name.text ? [property.initializer] : [],
      );
    });
    return values.length > 0 ? all(values, depth + 1) : sample(access);
  }

  /** Any entry of a table of texts. */
  function readElement(access: ts.ElementAccessExpression, depth: number): readonly string[] {
    const table = ts.isIdentifier(access.expression) ? initializerOf(access.expression) : undefined;
    const literal = table !== undefined && ts.isAsExpression(table) ? table.expression : table;
    if (literal === undefined || !ts.isObjectLiteralExpression(literal)) return sample(access);
    const entries = literal.properties.flatMap((entry) => (ts.isPropertyAssignment(entry) ? [entry.initializer] : []));
    return all(entries, depth + 1);
  }

  function initializerOf(name: ts.Identifier): ts.Expression | undefined {
    const declaration = checker.getSymbolAtLocation(name)?.valueDeclaration;
    return declaration !== undefined && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  }

  function argumentsFor(parameter: ts.ParameterDeclaration): ts.Expression[] {
    const index = parameter.parent.parameters.indexOf(parameter);
    return (callsOf.get(parameter.parent) ?? []).flatMap((call) => call.arguments?.[index] ?? []);
  }

  /** What one of our functions can return. */
  function readCall(call: ts.CallExpression, depth: number): readonly string[] {
    const declaration = checker.getResolvedSignature(call)?.declaration;
    if (declaration === undefined || declaration.getSourceFile().isDeclarationFile) return sample(call);
    if (!('body' in declaration) || declaration.body === undefined) return sample(call);
    const body = declaration.body;
    if (!ts.isBlock(body)) return read(body, depth + 1);
    const returned: ts.Expression[] = [];
    visit(body, (node) => {
      if (ts.isReturnStatement(node) && node.expression !== undefined && enclosingFunction(node) === declaration) {
        returned.push(node.expression);
      }
    });
    return returned.length > 0 ? all(returned, depth + 1) : sample(call);
  }

  return read;
}

function enclosingFunction(node: ts.Node): ts.Node | undefined {
  return ts.findAncestor(node.parent, ts.isFunctionLike);
}

/** Calls of each function and constructor that is declared in the sources. */
function findCalls(
  checker: ts.TypeChecker,
  sources: readonly ts.SourceFile[],
): ReadonlyMap<ts.Node, readonly (ts.CallExpression | ts.NewExpression)[]> {
  const calls = new Map<ts.Node, (ts.CallExpression | ts.NewExpression)[]>();
  for (const source of sources) {
    visit(source, (node) => {
      if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
      const declaration = checker.getResolvedSignature(node)?.declaration;
      if (declaration === undefined || declaration.getSourceFile().isDeclarationFile) return;
      calls.set(declaration, [...(calls.get(declaration) ?? []), node]);
    });
  }
  return calls;
}
