import { EditorView } from '@codemirror/view';

/**
 * Types over what is selected without the browser: that keeps the look of what it replaces in style attributes, which
 * the content security policy refuses.
 */
export const TYPE_OVER = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { data, inputType } = event;
    const { from, to, empty } = view.state.selection.main;
    if (inputType !== 'insertText' || data === null || empty || event.isComposing || view.state.readOnly) return false;
    const made = () => view.state.update(view.state.replaceSelection(data), { scrollIntoView: true, userEvent: 'input.type' });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handler) => handler(view, from, to, data, made))) view.dispatch(made());
    return true;
  },
});
