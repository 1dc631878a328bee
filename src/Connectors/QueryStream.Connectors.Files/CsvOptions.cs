using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Files;

/// <summary>How a CSV file is written.</summary>
public sealed record CsvOptions
{
    /// <summary>What stands between fields: an ASCII character, neither a quote nor a line end.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>
    /// Whether files begin with the names of the columns, which are then found by them, in any order and letter case; others are passed over.
    /// Without a header, columns are the members in the order of their declaration.
    /// </summary>
    public bool HasHeader { get; init; } = true;

    internal CsvOptions Validate() => Separator is '"' or '\r' or '\n' or > '\u007f'
        ? throw new JobDefinitionException($"A CSV file cannot be separated by '{Separator}': an ASCII character is possible that is neither a quote nor a line end.")
        : this;
}
