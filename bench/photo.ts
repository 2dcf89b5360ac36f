import sharp from 'sharp';

/** Something like a photo, as a JPEG: soft areas with detail on them. */
export async function photo(width: number, height: number): Promise<Buffer> {
  const noise = await sharp({
    create: {
      width: Math.round(width / 8),
      height: Math.round(height / 8),
      channels: 3,
      background: 'gray',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .png()
    .toBuffer();
  return sharp(noise).resize(width, height).jpeg({ quality: 90 }).toBuffer();
}
