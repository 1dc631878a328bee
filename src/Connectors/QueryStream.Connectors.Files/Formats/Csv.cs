namespace QueryStream.Connectors.Files.Formats;

/// <summary>Comma-separated values. A field is read and written by the JSON format of its member, so that values look the same in both.</summary>
internal sealed class Csv<T>(CsvOptions options) : FileFormat<T>
{
    private readonly CsvOptions _options = options.Validate();
    private readonly CsvColumns _columns = CsvColumns.Of<T>();

    public override string Extension => ".csv";

    public override IRecordFramer CreateFramer() => new CsvFramer((byte)_options.Separator);

    public override IRecordReader<T> CreateReader() => new CsvReader<T>(_columns, _options);

    public override IRecordWriter<T> CreateWriter() => new CsvWriter<T>(_columns, _options);
}
