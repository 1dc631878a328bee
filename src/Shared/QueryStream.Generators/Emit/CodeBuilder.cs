using System.Text;

namespace QueryStream.Generators.Emit;

/// <summary>Builds lines of code, indented by braces.</summary>
internal sealed class CodeBuilder
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public CodeBuilder Line(string line = "")
    {
        if (line == "}" || line == "};")
        {
            _depth--;
        }

        _text.Append(line.Length == 0 ? "" : new string(' ', _depth * 4)).Append(line).Append('\n');
        if (line == "{")
        {
            _depth++;
        }

        return this;
    }

    public CodeBuilder Lines(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Line(line);
        }

        return this;
    }

    public override string ToString() => _text.ToString();
}
