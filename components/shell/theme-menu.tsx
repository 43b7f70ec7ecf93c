import { Contrast } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '#components/ui/button.tsx';
import { Menu, MenuChoices } from '#components/ui/menu.tsx';
import { applyTheme, savePreference, type Theme, themes } from './preferences.ts';

const words: Readonly<Record<Theme, string>> = {
  auto: 'As the system',
  light: 'Light',
  dark: 'Dark',
};

/** The theme, kept in a cookie so that the server renders it. */
export function useTheme(initial: Theme) {
  const [theme, setTheme] = useState(initial);
  const choose = (next: Theme) => {
    setTheme(next);
    applyTheme(next);
    savePreference('theme', next);
  };
  return { theme, choose };
}

interface ThemeMenuProps {
  readonly theme: Theme;
  readonly onChoose: (theme: Theme) => void;
}

export function ThemeMenu({ theme, onChoose }: ThemeMenuProps) {
  return (
    <Menu
      trigger={
        <IconButton label="Theme">
          <Contrast aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuChoices
        value={theme}
        onChange={(value) => onChoose(themes.find((name) => name === value) ?? 'auto')}
        choices={themes.map((value) => ({ value, label: words[value] }))}
      />
    </Menu>
  );
}
