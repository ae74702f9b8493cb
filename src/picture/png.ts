import { createRequire } from 'node:module';

/** Drawn at twice its size, for sharp letters on a dense screen. */
const SCALE = 2;
const require = createRequire(import.meta.url);

/**
 * A picture as PNG, in the fonts that come along: what the host has installed makes no difference, so the same picture
 * has the same bytes everywhere. Drawn beside the event loop.
 */
export async function png(svg: string): Promise<Buffer> {
  // With the first picture: where there is no build of it for the platform, answers are still given, in words.
  const { renderAsync } = await import('@resvg/resvg-js');
  const image = await renderAsync(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    font: {
      loadSystemFonts: false,
      fontFiles: ['DejaVuSans', 'DejaVuSans-Bold'].map((name) => require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)),
      defaultFontFamily: 'DejaVu Sans',
    },
  });
  return image.asPng();
}
