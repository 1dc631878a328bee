using System.Threading.Channels;
using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Redis;

/// <summary>The messages of one channel of <see cref="InMemoryRedis"/> since the subscription. Dispose it to end it.</summary>
public sealed class RedisSubscription : IDisposable
{
    private readonly Channel<Text> _messages;
    private readonly Action<RedisSubscription> _ended;

    internal RedisSubscription(string channel, int capacity, Action<RedisSubscription> ended)
    {
        ChannelName = channel;
        _ended = ended;

        // Publishers never wait: a reader that lags by the whole capacity is cut off, as Redis cuts off slow subscribers.
        _messages = Channel.CreateBounded<Text>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>The channel's name.</summary>
    public string ChannelName { get; }

    /// <summary>
    /// The messages in the order of their publication. Ends when the subscription is disposed; ends with
    /// <see cref="InvalidOperationException"/> when the reader fell too far behind.
    /// </summary>
    public ChannelReader<Text> Messages => _messages.Reader;

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended(this);
        _messages.Writer.TryComplete();
    }

    // False where the reader lags and was cut off.
    internal bool Publish(Text message)
    {
        if (_messages.Writer.TryWrite(message))
        {
            return true;
        }

        _messages.Writer.TryComplete(new InvalidOperationException($"The subscriber of '{ChannelName}' reads too slowly and was cut off."));
        return false;
    }
}
