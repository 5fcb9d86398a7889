import { Document, isMap, isSeq, visit } from 'yaml';

/** A document's canonical form as YAML that people like to read: steps that fit stand on one line. */
export function specText(spec: unknown): string {
  const doc = new Document(spec);
  visit(doc, {
    Map(_, node, path) {
      const depth = path.filter((each) => isMap(each) || isSeq(each)).length;
      if (depth >= 2 && JSON.stringify(node).length <= 88 && !JSON.stringify(node).includes('\\n')) node.flow = true;
    },
    Seq(_, node) {
      if (node.items.every((item) => !isMap(item) && !isSeq(item)) && JSON.stringify(node).length <= 88) node.flow = true;
    },
  });
  return doc.toString({ lineWidth: 0, flowCollectionPadding: false });
}
