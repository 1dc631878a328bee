using QueryStream.Core.Errors;

namespace QueryStream.Streams.Formats;

/// <summary>How comma-separated values are written.</summary>
public sealed record CsvOptions
{
    /// <summary>What stands between fields: an ASCII character, neither a quote nor a line end.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>
    /// Whether files begin with the names of the columns, which are then found by them, in any order and letter case; others are skipped.
    /// Without a header, columns are the members in the order of their declaration. Records of Kafka and Redis never have one.
    /// </summary>
    public bool HasHeader { get; init; } = true;

    internal CsvOptions Validate() => Separator is '"' or '\r' or '\n' or > '\u007f'
        ? throw new JobDefinitionException($"CSV cannot be separated by '{Separator}': an ASCII character is possible that is neither a quote nor a line end.")
        : this;
}
