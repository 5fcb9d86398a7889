/** What style sheets that are made while the page runs must carry; the server puts another one into each page. */
export const STYLE_NONCE = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? '';
