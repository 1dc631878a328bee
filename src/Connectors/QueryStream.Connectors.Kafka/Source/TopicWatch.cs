using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>Looks the topic up at an interval while a source reads it. Used in turns of the task.</summary>
/// <param name="admin">The cluster.</param>
/// <param name="topic">The topic's name.</param>
/// <param name="interval">The time from an answer to the next lookup.</param>
/// <param name="context">The task.</param>
internal sealed class TopicWatch(IKafkaAdmin admin, string topic, TimeSpan interval, SourceContext context)
{
    private TopicAnswer? _answer;
    private IDisposable? _timer;
    private bool _isLooking;
    private bool _looksAgain;

    /// <summary>Looks the topic up after the interval. Called once.</summary>
    public void Start() => _timer = context.After(interval, Look);

    /// <summary>Looks the topic up now, after a lookup that is under way: that was sent earlier.</summary>
    public void LookNow()
    {
        if (_isLooking)
        {
            _looksAgain = true;
            return;
        }

        _timer?.Dispose();
        Look();
    }

    /// <summary>Takes the latest answer, once.</summary>
    public TopicAnswer? Take()
    {
        TopicAnswer? answer = _answer;
        _answer = null;
        return answer;
    }

    private void Look()
    {
        EventTime askedAt = EventTime.From(context.Time.GetUtcNow());
        _isLooking = true;
        _looksAgain = false;
        context.Start(stop => admin.FindTopicAsync(topic, stop), result => OnAnswer(askedAt, result));
    }

    private void OnAnswer(EventTime askedAt, IoResult<KafkaTopic?> result)
    {
        // The client logs outages; nothing is known of the topic until the next answer.
        if (result.Failure is not ServiceUnavailableException)
        {
            _answer = result.Failure is ServiceRefusedException refusal
                ? new TopicAnswer(null, askedAt, refusal.Message)
                : new TopicAnswer(result.Value, askedAt);
            context.Wake();
        }

        _isLooking = false;
        if (_looksAgain)
        {
            Look();
        }
        else
        {
            _timer = context.After(interval, Look);
        }
    }
}

/// <summary>What the cluster has answered about the topic.</summary>
/// <param name="Topic">The topic; null where there is none, or the cluster refuses to answer.</param>
/// <param name="AskedAt">When it was asked.</param>
/// <param name="Refusal">Why the cluster refuses to answer; null where it does not.</param>
internal sealed record TopicAnswer(KafkaTopic? Topic, EventTime AskedAt, string? Refusal = null);
