/** Style sheets are imported for the bundle's sake. */
declare module "*.css";
