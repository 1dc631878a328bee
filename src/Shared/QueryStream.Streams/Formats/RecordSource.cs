using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;

namespace QueryStream.Streams.Formats;

/// <summary>A source without its format; a call of a format completes it: <c>job.Kafka&lt;Click&gt;("clicks").Json()</c>.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class RecordSource<T>
{
    private readonly StreamBuilder _job;
    private readonly string _name;

    /// <summary>Creates a source without a format.</summary>
    /// <param name="job">The job.</param>
    /// <param name="name">The source's name.</param>
    protected RecordSource(StreamBuilder job, string name)
    {
        ArgumentNullException.ThrowIfNull(job);
        _job = job;
        _name = name;
        job.AwaitFormat(this, $"Source '{name}'");
    }

    /// <summary>Records are JSON: <c>[StreamRecord]</c> types, or other types with a JSON format.</summary>
    /// <exception cref="JobDefinitionException">The type has no JSON format.</exception>
    public SourceStream<T> Json() => Format(new JsonRecordFormat<T>());

    /// <summary>Records are comma-separated values (RFC 4180); their fields are the members of a <c>[StreamRecord]</c> type.</summary>
    /// <param name="options">The options; null: separated by commas, files with a header.</param>
    /// <exception cref="JobDefinitionException">The type is not a record, a member is a list, a record or a tuple, or an option is not
    /// allowed.</exception>
    public SourceStream<T> Csv(CsvOptions? options = null) => Format(new CsvRecordFormat<T>(options));

    /// <summary>Records are in a custom format.</summary>
    /// <exception cref="JobDefinitionException">The format only encodes, or the source already has a format.</exception>
    public SourceStream<T> Format(RecordFormat<T> format)
    {
        ArgumentNullException.ThrowIfNull(format);
        format.CheckReads();
        _job.HasFormat(this, $"Source '{_name}'");
        return _job.Source(_name, CreateSource(format));
    }

    /// <summary>Creates the source. Called once.</summary>
    protected abstract ISource<T> CreateSource(RecordFormat<T> format);
}
