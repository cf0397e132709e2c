export type Shell = 'bash' | 'zsh' | 'fish';

export const shells = ['bash', 'zsh', 'fish'] as const satisfies readonly Shell[];

/**
 * What a shell is to run so that it completes `skerry`. All that it knows it asks `skerry __complete`, so that the script stays right
 * when the command learns something. Files are completed by the shell itself.
 */
export const scripts: Readonly<Record<Shell, string>> = {
  bash: `# Completion of skerry for bash 3.2 and later.
_skerry_complete() {
  local line current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  [ "$current" = "=" ] && current=
  while IFS= read -r line; do
    if [ "$line" = ":files" ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <(skerry __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _skerry_complete skerry
`,
  zsh: `#compdef skerry
# Completion of skerry for zsh.
_skerry() {
  local line
  local -a lines candidates
  lines=("\${(@f)$(skerry __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${lines[1]}" == ":files" ]]; then
    _files
    return
  fi
  for line in "\${lines[@]}"; do
    [[ -n "$line" ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe 'skerry' candidates
}
if [[ "\${funcstack[1]}" == "_skerry" ]]; then
  _skerry "$@"
else
  compdef _skerry skerry
fi
`,
  fish: `# Completion of skerry for fish.
function __skerry_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (skerry __complete -- $words[2..-1] 2>/dev/null)
    if test "$lines[1]" = ':files'
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $lines
    end
end
complete -c skerry -f -a '(__skerry_complete)'
`,
};
