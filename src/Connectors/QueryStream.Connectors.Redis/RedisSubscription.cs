using System.Threading.Channels;
using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Redis;

/// <summary>A subscription to a channel of <see cref="InMemoryRedis"/>. Dispose it to unsubscribe.</summary>
public sealed class RedisSubscription : IDisposable
{
    private readonly Channel<Text> _messages;
    private readonly Action<RedisSubscription> _ended;

    internal RedisSubscription(string channel, int capacity, Action<RedisSubscription> ended)
    {
        ChannelName = channel;
        _ended = ended;

        // Publishers never wait: a subscription whose reader lags by the capacity is ended, as Redis disconnects slow subscribers.
        _messages = Channel.CreateBounded<Text>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>The channel's name.</summary>
    public string ChannelName { get; }

    /// <summary>
    /// The messages in the order of publication. Completes when the subscription is disposed; faults with <see cref="InvalidOperationException"/> if
    /// the reader has lagged too far behind.
    /// </summary>
    public ChannelReader<Text> Messages => _messages.Reader;

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended(this);
        _messages.Writer.TryComplete();
    }

    // Returns false if the subscription was ended because its reader lags.
    internal bool Publish(Text message)
    {
        if (_messages.Writer.TryWrite(message))
        {
            return true;
        }

        _messages.Writer.TryComplete(new InvalidOperationException($"The subscriber of '{ChannelName}' reads too slowly and was disconnected."));
        return false;
    }
}
