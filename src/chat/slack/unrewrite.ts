/**
 * Undoes what Slack does to typed text: `<https://…|label>` is what was typed (the label), `<@U…|name>` a mention,
 * the three entities are characters. Pure; the inverse of Slack's own escaping.
 *
 * Source: Slack, "Formatting text for app surfaces"; a host name alone arrives as `<http://host|host>`.
 */
export function unrewrite(text: string): string {
  return text
    .replace(/<([^<>\s|]{1,3000})(?:\|([^<>]{0,3000}))?>/g, (whole, target: string, label: string | undefined) => {
      if (/^(?:https?:|mailto:|tel:|ftp:)/i.test(target))
        return label === undefined || label === '' ? target.replace(/^(?:mailto|tel):/i, '') : label;
      if (/^[@#!]/.test(target))
        return label === undefined || label === '' ? target : `${target[0]}${label.replace(/^[@#]/, '')}`;
      return whole;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
