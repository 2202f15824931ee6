// SPDX-License-Identifier: Apache-2.0
// CodeMirror, loaded with the first file that is opened. It lives in a shadow root, where its styles
// are adopted style sheets: in the page itself they would be inline styles, which the policy forbids.
import { closeBrackets } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { python } from '@codemirror/lang-python';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, HighlightStyle, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { powerShell } from '@codemirror/legacy-modes/mode/powershell';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { FaultLine } from '../text/fault_line';
import { visible } from '../text/visible';

export interface Options {
  path: string;
  content: string;
  label: string;
  readOnly: boolean;
  /// What does not load and at which line; undefined: all does.
  fault: FaultLine | undefined;
  changed: (content: string) => void;
  save: () => void;
}

export interface Editor {
  /// Shows where the code does not load, or that it does.
  mark: (fault: FaultLine | undefined) => void;
  close: () => void;
}

function language(path: string): Extension {
  if (path.endsWith('.py')) return [python(), indentUnit.of('    ')];
  if (/\.ya?ml$/.test(path)) return yaml();
  if (path.endsWith('.json')) return json();
  if (path.endsWith('.sh')) return StreamLanguage.define(shell);
  if (/\.ps[dm]?1$/.test(path)) return [StreamLanguage.define(powerShell), indentUnit.of('    ')];
  return [];
}

// The colours are custom properties of the page: they reach into the shadow root and follow the theme.
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.definition(tags.function(tags.variableName))], color: 'var(--code-function)' },
  { tag: [tags.className, tags.typeName, tags.propertyName], color: 'var(--code-property)' },
  { tag: tags.invalid, color: 'var(--code-invalid)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--code-background)', color: 'var(--code-text)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--code-text)', padding: '10px 0' },
  '.cm-gutters': { backgroundColor: 'var(--code-gutter)', color: 'var(--code-gutter-text)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--code-active)' },
  '&.cm-focused .cm-cursor': { borderLeftColor: 'var(--code-text)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-content ::selection':
    { backgroundColor: 'var(--code-selection)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--code-match)', outline: 'none' },
  '.cm-panels': { backgroundColor: 'var(--code-gutter)', color: 'var(--code-text)' },
  '.cm-foldGutter span': { cursor: 'pointer' },
  '.cm-fault-line': { backgroundColor: 'var(--code-fault)' },
  '.cm-fault-text': { padding: '2px 10px', color: 'var(--danger)', fontFamily: 'var(--sans)', fontSize: '12px', borderLeft: '3px solid var(--danger)' },
});

/// Typing over a selection is done here: Chromium would keep the look of the replaced text in a `style`
/// attribute, which the policy forbids. What brackets and indentation do with typed text stays.
function typeOverSelection(event: InputEvent, view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main;
  const text = event.data;
  if (event.inputType !== 'insertText' || text === null || event.isComposing || empty || view.state.readOnly) return false;
  const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
  const handled = view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, text, insert));
  if (!handled) view.dispatch(insert());
  return true;
}

function extensions(options: Options): Extension {
  return [
    lineNumbers(), foldGutter(), highlightSpecialChars(), history(), indentOnInput(), bracketMatching(),
    closeBrackets(), highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(), search({ top: true }),
    keymap.of([
      { key: 'Mod-s', preventDefault: true, run: () => { options.save(); return true; } },
      ...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab,
    ]),
    EditorView.domEventHandlers({ beforeinput: typeOverSelection }),
    language(options.path), syntaxHighlighting(colours), look, faultField,
    EditorView.contentAttributes.of({ 'aria-label': options.label, tabindex: '0' }),
    EditorState.readOnly.of(options.readOnly), EditorView.editable.of(!options.readOnly),
    EditorView.updateListener.of((update) => { if (update.docChanged) options.changed(update.state.doc.toString()); }),
  ];
}

const markFault = StateEffect.define<FaultLine | undefined>();

/// The line stays marked until it is changed or the code loads.
const faultField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    for (const effect of transaction.effects) if (effect.is(markFault)) return marksOf(transaction.state, effect.value);
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

class FaultText extends WidgetType {
  constructor(readonly text: string) { super(); }

  override eq(other: FaultText): boolean { return other.text === this.text; }

  toDOM(): HTMLElement {
    const element = document.createElement('div');
    element.className = 'cm-fault-text';
    element.textContent = visible(this.text);
    return element;
  }
}

function marksOf(state: EditorState, fault: FaultLine | undefined): DecorationSet {
  if (!fault || fault.line > state.doc.lines) return Decoration.none;
  const line = state.doc.line(fault.line);
  return Decoration.set([
    Decoration.line({ class: 'cm-fault-line' }).range(line.from),
    Decoration.widget({ widget: new FaultText(fault.text), block: true, side: 1 }).range(line.to),
  ]);
}

/// Puts an editor into `place`.
export function openEditor(place: HTMLElement, options: Options): Editor {
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  const parent = document.createElement('div');
  parent.part.add('editor');
  root.replaceChildren(parent);
  const state = EditorState.create({ doc: options.content, extensions: extensions(options) });
  const view = new EditorView({ state, parent, root });
  const mark = (fault: FaultLine | undefined) => view.dispatch({ effects: markFault.of(fault) });
  mark(options.fault);
  return { mark, close: () => view.destroy() };
}
