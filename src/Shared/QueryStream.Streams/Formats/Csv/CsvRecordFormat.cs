using QueryStream.Core.Errors;

namespace QueryStream.Streams.Formats;

/// <summary>Comma-separated values (RFC 4180). Fields use the JSON format of their members, so values look the same in CSV and JSON.</summary>
/// <typeparam name="T">The rows: <c>[StreamRecord]</c> types with simple members.</typeparam>
public sealed class CsvRecordFormat<T> : RecordFormat<T>
{
    private readonly CsvOptions _options;
    private readonly CsvColumns _columns = CsvColumns.Of<T>();

    /// <summary>Creates the format.</summary>
    /// <param name="options">The options; null: separated by commas, files with a header.</param>
    /// <exception cref="JobDefinitionException">The type is not a record, a member is a list, a record or a tuple, or an option is not
    /// allowed.</exception>
    public CsvRecordFormat(CsvOptions? options = null) => _options = (options ?? new CsvOptions()).Validate();

    /// <summary>The separator of fields.</summary>
    public byte Separator => (byte)_options.Separator;

    /// <inheritdoc/>
    public override string FileExtension => ".csv";

    /// <inheritdoc/>
    public override bool HasHeader => _options.HasHeader;

    /// <inheritdoc/>
    public override RecordDecoder<T> CreateDecoder() => new CsvDecoder<T>(_columns, Separator);

    /// <inheritdoc/>
    public override RecordEncoder<T> CreateEncoder() => new CsvEncoder<T>(_columns, Separator);
}
