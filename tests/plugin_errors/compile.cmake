# compile(arguments...) runs COMPILER in DIRECTORY with INCLUDES, separated by |; its exit status is in `status`, what it says in `said`.
macro(compile)
  string(REPLACE "|" ";" include_options "${INCLUDES}")
  list(TRANSFORM include_options PREPEND -I)
  execute_process(COMMAND "${COMPILER}" -std=c++20 ${include_options} ${ARGN} WORKING_DIRECTORY "${DIRECTORY}"
                  RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
endmacro()
