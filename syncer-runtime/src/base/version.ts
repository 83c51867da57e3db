/** The product's version: of the command, the `User-Agent` and the image. A test holds it against package.json. */
export const version = '0.1.0';
