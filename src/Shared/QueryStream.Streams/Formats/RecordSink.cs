using QueryStream.Core.Errors;

namespace QueryStream.Streams.Formats;

/// <summary>A sink without its format; a call of a format completes it: <c>rows.ToKafka("clicks").Json()</c>.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class RecordSink<T>
{
    private readonly StreamBuilder _job;

    /// <summary>Creates a sink without a format.</summary>
    /// <param name="job">The job.</param>
    /// <param name="name">The sink's name.</param>
    protected RecordSink(StreamBuilder job, string name)
    {
        ArgumentNullException.ThrowIfNull(job);
        _job = job;
        Name = name;
        job.AwaitFormat(this, $"Sink '{name}'");
    }

    /// <summary>The sink's name.</summary>
    protected string Name { get; }

    /// <summary>Writes each row as a JSON object.</summary>
    /// <exception cref="JobDefinitionException">The type has no JSON format.</exception>
    public StreamSink Json() => Format(new JsonRecordFormat<T>());

    /// <summary>Writes each row as a line of comma-separated values.</summary>
    /// <param name="options">The options; null: separated by commas, files with a header.</param>
    /// <exception cref="JobDefinitionException">The type is not a record, a member is a list, a record or a tuple, or an option is not
    /// allowed.</exception>
    public StreamSink Csv(CsvOptions? options = null) => Format(new CsvRecordFormat<T>(options));

    /// <summary>Writes each row in a custom format.</summary>
    /// <exception cref="JobDefinitionException">The format only decodes, the sink already has a format, or it lacks a setting that the connector
    /// needs.</exception>
    public StreamSink Format(RecordFormat<T> format)
    {
        ArgumentNullException.ThrowIfNull(format);
        format.CheckWrites();
        _job.HasFormat(this, $"Sink '{Name}'");
        return AddSink(format);
    }

    /// <summary>Adds the sink to the job. Called once.</summary>
    protected abstract StreamSink AddSink(RecordFormat<T> format);
}
