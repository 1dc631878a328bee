# Reads the .trx files of test runs; writes for each test that failed or was skipped what it says, and at the end the counts.
# Line by line, since the trx logger puts each element on lines of its own.
#   -v report=FILE   takes the failures and skips; the counts "passed failed skipped" go to stdout

function decode(text) {
  gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&apos;/, "'", text)
  gsub(/&#xD;/, "", text); gsub(/&#xA;/, "\n", text); gsub(/&amp;/, "\\&", text)
  return text
}

function attribute(line, key,   start, rest) {
  start = index(line, " " key "=\"")
  if (!start) return ""
  rest = substr(line, start + length(key) + 3)
  return substr(rest, 1, index(rest, "\"") - 1)
}

/<UnitTestResult / {
  name = decode(attribute($0, "testName")); outcome = attribute($0, "outcome"); message = ""; stack = ""
  if (outcome == "Passed") passed++
  if ($0 ~ /\/>[ \r]*$/ && outcome != "Passed") finish()
  inside = 1
  next
}
/<\/Results>/ { inside = 0 }
!inside { next }
/<Message>/ { part = "message"; sub(/^.*<Message>/, "") }
/<StackTrace>/ { part = "stack"; sub(/^.*<StackTrace>/, "") }
part != "" {
  line = $0; last = sub(/<\/(Message|StackTrace)>.*$/, "", line)
  if (part == "message") message = message (message == "" ? "" : "\n") line
  else if (line !~ /^ *at (System\.Reflection|InvokeStub_)/) stack = stack (stack == "" ? "" : "\n") line
  if (last) part = ""
}
/<\/UnitTestResult>/ && outcome != "Passed" { finish() }

function finish() {
  message = decode(message)
  if (outcome == "NotExecuted") {
    skipped++
    print "SKIPPED " name ": " message > report
  } else {
    failed++
    print "FAILED " name > report
    gsub(/\n/, "\n  ", message); print "  " message > report
    stack = decode(stack); gsub(/\n/, "\n  ", stack)
    if (stack != "") print "  " stack > report
  }
}

END { print passed + 0, failed + 0, skipped + 0 }
