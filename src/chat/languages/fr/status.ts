/** An instance, its settings, its history, and Registrar itself. */
export const STATUS: Readonly<Record<string, string>> = {
  client: 'client',
  '{name}: the registry works': '{name} : le registre fonctionne',
  '{name}: the registry works, with 1 warning': '{name} : le registre fonctionne, avec 1 avertissement',
  '{name}: the registry works, with {count} warnings': '{name} : le registre fonctionne, avec {count} avertissements',
  '{name}: the registry works, but {failed} of {all} checks failed':
    '{name} : le registre fonctionne, mais {failed} contrôles sur {all} ont échoué',
  '{name}: the registry is down: {link} ({failed} of {all} checks failed)':
    '{name} : le registre est en panne : {link} ({failed} contrôles sur {all} ont échoué)',
  '{name}: nothing could be checked': '{name} : rien n’a pu être contrôlé',
  'all {count} registries work': 'les {count} registres fonctionnent',
  'all {count} registries work, {warned} with warnings':
    'les {count} registres fonctionnent, {warned} avec des avertissements',
  '{failed} of {count} registries need help': '{failed} registres sur {count} ont besoin d’aide',
  'token realm': 'émetteur de jetons',
  storage: 'stockage',
  registry: 'registre',
  'Re-check': 'Recontrôler',
  Details: 'Détails',
  Less: 'Moins',
  'Show status': 'Voir l’état',
  'checked in {span} s': 'contrôlé en {span} s',
  'so also': 'donc aussi',
  '{ids}: they follow from {cause}': '{ids} : conséquences de {cause}',
  '{ids}: it follows from {cause}': '{ids} : conséquence de {cause}',
  'not looked at: see {id}': 'non regardé : voir {id}',
  '{count} more': '{count} de plus',
  '{name}: all is well again, after {span}': '{name} : tout va de nouveau bien, après {span}',
  'It got worse': 'Cela empire',
  'It is back': 'C’est revenu',
  Mine: 'Je m’en occupe',
  Silence: 'Faire taire',
  'since {time}': 'depuis {time}',
  '{name} looks after it': '{name} s’en occupe',
  'silenced by {name}': 'rendu muet par {name}',
  '{name}: {own} of {all} settings come from gitlab.rb, nothing is wrong':
    '{name} : {own} réglages sur {all} viennent de gitlab.rb, rien n’est faux',
  '{name}: {own} of {all} settings come from gitlab.rb, 1 finding':
    '{name} : {own} réglages sur {all} viennent de gitlab.rb, 1 constat',
  '{name}: {own} of {all} settings come from gitlab.rb, {count} findings':
    '{name} : {own} réglages sur {all} viennent de gitlab.rb, {count} constats',
  '{name}: nothing is wrong, so nothing is proposed': '{name} : rien n’est faux, donc rien n’est proposé',
  'Nothing is changed on the host. Change these lines there, then gitlab-ctl reconfigure.':
    'Rien n’est changé sur l’hôte. Changez-y ces lignes, puis gitlab-ctl reconfigure.',
  Propose: 'Proposer',
  Settings: 'Réglages',
  '{name}: fine in {percent} of {count} looks since {time}':
    '{name} : en bon état dans {percent} des {count} contrôles depuis le {time}',
  'Nothing was wrong for longer than one look.': 'Rien n’a duré plus d’un contrôle.',
  '{count} looks': '{count} contrôles',
  'Registrar is well': 'Registrar va bien',
  'Registrar works, with 1 warning': 'Registrar fonctionne, avec 1 avertissement',
  'Registrar works, with {count} warnings': 'Registrar fonctionne, avec {count} avertissements',
  'Registrar needs help: {what}': 'Registrar a besoin d’aide : {what}',
  Repair: 'Réparer',
  'There was nothing to repair.': 'Il n’y avait rien à réparer.',
};
