using QueryStream.Core.Errors;

namespace QueryStream.Streams.Formats;

/// <summary>
/// Comma-separated values as RFC 4180 has them. A field is read and written by the JSON format of its member, so that values look the same in both.
/// </summary>
/// <typeparam name="T">The rows: <c>[StreamRecord]</c> types whose members are simple values.</typeparam>
public sealed class CsvRecordFormat<T> : RecordFormat<T>
{
    private readonly CsvOptions _options;
    private readonly CsvColumns _columns = CsvColumns.Of<T>();

    /// <summary>Creates the format.</summary>
    /// <param name="options">How; null: separated by commas, files with a header.</param>
    /// <exception cref="JobDefinitionException">The type is no record, or a member is a list, a record or a tuple; or an option is not
    /// allowed.</exception>
    public CsvRecordFormat(CsvOptions? options = null) => _options = (options ?? new CsvOptions()).Validate();

    /// <summary>What stands between fields.</summary>
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
