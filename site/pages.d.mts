/** The pages of the site by their source, both as paths. */
export function sitePages(): ReadonlyMap<string, string>
