// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { MultiCombobox } from './combobox.tsx';

afterEach(cleanup);

it('keeps a choice that has not come back as value yet when the next one is made', async () => {
  const changes: (readonly string[])[] = [];
  const nothing: readonly string[] = [];
  render(
    <MultiCombobox
      label="Cluster"
      trigger={<button type="button">Cluster</button>}
      options={[
        { value: 'eu', label: 'prod-eu' },
        { value: 'us', label: 'prod-us' },
      ]}
      value={nothing}
      onChange={(values) => changes.push(values)}
    />,
  );
  fireEvent.click(screen.getByRole('combobox'));
  fireEvent.click(await screen.findByRole('option', { name: /prod-eu/ }));
  fireEvent.click(await screen.findByRole('option', { name: /prod-us/ }));
  expect(changes).toEqual([['eu'], ['eu', 'us']]);
});
