using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;

namespace QueryStream.JobSubmit.Demo;

/// <summary>Subscribes to the channel on which results are published, as a dashboard would, and keeps the newest one of each type.</summary>
/// <param name="redis">The Redis in memory.</param>
/// <param name="channel">The channel.</param>
internal sealed class LatestResults(InMemoryRedis redis, string channel)
{
    // Written by the subscriber, read by the view.
    private readonly ConcurrentDictionary<string, Text> _newest = new(StringComparer.Ordinal);
    private long _messages;

    /// <summary>How many messages have arrived.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>The newest result of a type; null before the first.</summary>
    public AnalyticResult? Find(string type) => _newest.TryGetValue(type, out Text message) ? AnalyticResult.Parse(message) : null;

    /// <summary>Reads messages until it is stopped.</summary>
    public async Task FollowAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using RedisSubscription subscription = redis.Subscribe(channel);
            while (await HasMoreAsync(subscription.Messages, stop))
            {
                while (subscription.Messages.TryRead(out Text message))
                {
                    Keep(message);
                }
            }
        }
    }

    private static async Task<bool> HasMoreAsync(ChannelReader<Text> messages, CancellationToken stop)
    {
        try
        {
            return await messages.WaitToReadAsync(stop);
        }
        catch (InvalidOperationException)
        {
            // Redis disconnects subscribers that are too slow. A new subscription gets the messages from now on.
            return false;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Keep(Text message)
    {
        if (TypeOf(message) is string type)
        {
            _newest[type] = message;
        }

        Interlocked.Increment(ref _messages);
    }

    // Reads the first member only: most messages are never shown.
    private static string? TypeOf(Text message)
    {
        Utf8JsonReader json = new(message.Bytes);
        bool found = json.Read() && json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("type"u8)
            && json.Read() && json.TokenType == JsonTokenType.String;
        return found ? json.GetString() : null;
    }
}
