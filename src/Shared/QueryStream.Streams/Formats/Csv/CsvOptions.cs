using QueryStream.Core.Errors;

namespace QueryStream.Streams.Formats;

/// <summary>Options of CSV.</summary>
public sealed record CsvOptions
{
    /// <summary>The separator of fields: an ASCII character other than a quote or a line end.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>
    /// Whether files begin with a header of column names. Columns then have any order and letter case, and unknown ones are skipped. Without a
    /// header, the columns are the members in the order of their declaration. Records of Kafka and Redis have no header. The default is true.
    /// </summary>
    public bool HasHeader { get; init; } = true;

    internal CsvOptions Validate() => Separator is '"' or '\r' or '\n' or > '\u007f'
        ? throw new JobDefinitionException(
            $"CSV cannot be separated by '{Separator}': an ASCII character is possible that is neither a quote nor a line end.")
        : this;
}
