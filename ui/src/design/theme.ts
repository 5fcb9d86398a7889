import { createTheme, defaultVariantColorsResolver } from '@mantine/core';

/** Sizes of Mantine's parts; colours come from tokens.css through Mantine's variables. */
export const THEME = createTheme({
  // Mantine writes white on every filled part; the accent is light in the dark theme.
  variantColorResolver: (input) => {
    const resolved = defaultVariantColorsResolver(input);
    const accent = input.variant === 'filled' && (input.color === undefined || input.color === 'blue');
    return accent ? { ...resolved, color: 'var(--accent-ink)' } : resolved;
  },
  components: {
    Button: {
      defaultProps: { size: 'xs' },
      // Mantine writes white on every filled button, which the accent of dark is too light for.
      vars: (_theme: unknown, { variant = 'filled', color }: { variant?: string; color?: string }) => ({
        root: variant === 'filled' && color !== 'red' ? { '--button-color': 'var(--accent-ink)' } : {},
      }),
    },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    TagsInput: { defaultProps: { size: 'xs' } },
    Autocomplete: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Radio: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    // An entry gets the focus of a menu that opens, in place of an element that is none.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 300 } },
  },
});
