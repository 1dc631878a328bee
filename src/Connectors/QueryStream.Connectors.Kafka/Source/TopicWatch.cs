using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>Looks up the topic periodically while a source reads it. Used in turns of the task.</summary>
/// <param name="admin">The cluster.</param>
/// <param name="topic">The topic's name.</param>
/// <param name="interval">The time from the end of a lookup to the next one.</param>
/// <param name="context">The task.</param>
internal sealed class TopicWatch(IKafkaAdmin admin, string topic, TimeSpan interval, SourceContext context)
{
    private TopicLookup? _result;
    private IDisposable? _timer;
    private bool _isLookingUp;
    private bool _looksUpAgain;

    /// <summary>Starts the lookups, the first after the interval. Called once.</summary>
    public void Start() => _timer = context.After(interval, LookUp);

    /// <summary>Looks up the topic now; if a lookup is in progress, once more after it, since it was sent too early.</summary>
    public void LookUpNow()
    {
        if (_isLookingUp)
        {
            _looksUpAgain = true;
            return;
        }

        _timer?.Dispose();
        LookUp();
    }

    /// <summary>Takes the latest result, once.</summary>
    public TopicLookup? Take()
    {
        TopicLookup? result = _result;
        _result = null;
        return result;
    }

    private void LookUp()
    {
        EventTime askedAt = EventTime.From(context.Time.GetUtcNow());
        _isLookingUp = true;
        _looksUpAgain = false;
        context.Start(stop => admin.FindTopicAsync(topic, stop), result => OnLookup(askedAt, result));
    }

    private void OnLookup(EventTime askedAt, IoResult<KafkaTopic?> result)
    {
        // The client logs outages. The state of the topic is unknown until the next lookup.
        if (result.Failure is not ServiceUnavailableException)
        {
            _result = result.Failure is ServiceRefusedException refusal
                ? new TopicLookup(null, askedAt, refusal.Message)
                : new TopicLookup(result.Value, askedAt);
            context.Wake();
        }

        _isLookingUp = false;
        if (_looksUpAgain)
        {
            LookUp();
        }
        else
        {
            _timer = context.After(interval, LookUp);
        }
    }
}

/// <summary>The result of a topic lookup.</summary>
/// <param name="Topic">The topic; null if it does not exist or the cluster refuses the request.</param>
/// <param name="AskedAt">When the request was sent.</param>
/// <param name="Refusal">Why the cluster refuses the request; null if it does not.</param>
internal sealed record TopicLookup(KafkaTopic? Topic, EventTime AskedAt, string? Refusal = null);
