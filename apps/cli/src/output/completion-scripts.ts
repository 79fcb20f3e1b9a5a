/**
 * What makes a shell complete `berth`. Each asks `berth __complete WORD… UNFINISHED`, which prints a word a line with what it means behind a
 * tab, and last a colon with 0 where files are wanted too.
 */
export const completionScripts = {
  bash: `# bash completion of berth; load it with: source <(berth completion bash)
_berth() {
  local word rest out
  COMPREPLY=()
  out=$("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return 0
  while IFS=$'\\t' read -r word rest; do
    [[ $word == :* ]] || COMPREPLY+=("$word")
  done <<< "$out"
  if [[ \${out##*:} == 0 && \${#COMPREPLY[@]} -eq 0 ]]; then compopt -o default 2>/dev/null; fi
}
complete -F _berth berth
`,
  zsh: `#compdef berth
# zsh completion of berth; load it with: source <(berth completion zsh)
_berth() {
  local line out
  local -a known
  out=$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null) || return 1
  for line in "\${(@f)out}"; do
    [[ $line == :* ]] || known+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#known} )); then
    _describe -t words berth known
  elif [[ \${out##*:} == 0 ]]; then
    _files
  fi
}
if [[ $funcstack[1] == _berth ]]; then _berth "$@"; else compdef _berth berth; fi
`,
  fish: `# fish completion of berth; load it with: berth completion fish | source
function __berth_words
    set -l words (commandline -opc)
    set -l out ($words[1] __complete $words[2..-1] (commandline -ct) 2>/dev/null)
    set -l known (string match -v -- ':*' $out)
    if test (count $known) -eq 0; and test "$out[-1]" = :0
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $known
    end
end
complete -c berth -f -a '(__berth_words)'
`,
} as const;

export function isShell(word: string): word is keyof typeof completionScripts {
  return Object.hasOwn(completionScripts, word);
}
