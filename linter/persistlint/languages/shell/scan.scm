; What could matter in a shell script; the captures are described in `persistlint.languages`.

(comment) @comment

(command name: (command_name) @call.name)

(ERROR) @error
(MISSING) @error
