import { ReferenceText } from '#components/ui/reference-text.tsx';

/** A reference in a row: one line in a table, as many as it needs in a card. */
export function CellReference({ value }: { readonly value: string }) {
  return (
    <>
      <ReferenceText value={value} className="max-md:hidden!" />
      <ReferenceText value={value} wrap className="md:hidden! [&>*]:whitespace-normal!" />
    </>
  );
}
