/** Copies a canvas onto the page's background and offers it as a PNG file. */
export function downloadPng(canvas: HTMLCanvasElement, background: string, title: string): void {
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d');
  if (context === null) return;
  context.fillStyle = background;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => {
    if (blob === null) return;
    const url = URL.createObjectURL(blob);
    const link = document.createElement('a');
    link.href = url;
    link.download = `${title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}.png`;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }, 'image/png');
}
