using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;

namespace QueryStream.JobSubmit.Demo;

/// <summary>Follows the channel on which results are published, as a dashboard would, and keeps the newest one of each type.</summary>
/// <param name="redis">The store.</param>
/// <param name="channel">The channel.</param>
internal sealed class LatestResults(InMemoryRedis redis, string channel)
{
    // Written by the follower, read by whoever draws.
    private readonly ConcurrentDictionary<string, Text> _newest = new(StringComparer.Ordinal);
    private long _messages;

    /// <summary>How many messages came.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>The newest result of a type; null before the first.</summary>
    public AnalyticResult? Find(string type) => _newest.TryGetValue(type, out Text message) ? AnalyticResult.Parse(message) : null;

    /// <summary>Follows until it is stopped.</summary>
    public async Task FollowAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using RedisSubscription subscription = redis.Subscribe(channel);
            while (await HasMoreAsync(subscription.Messages, stop))
            {
                while (subscription.Messages.TryRead(out Text message))
                {
                    Take(message);
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
            // Cut off, since it was too slow: it goes on with what comes from now on, as any dashboard would.
            return false;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Take(Text message)
    {
        if (TypeOf(message) is string type)
        {
            _newest[type] = message;
        }

        Interlocked.Increment(ref _messages);
    }

    // Only as far as needed: messages are many, and few of them are ever looked at.
    private static string? TypeOf(Text message)
    {
        Utf8JsonReader json = new(message.Bytes);
        bool found = json.Read() && json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("type"u8)
            && json.Read() && json.TokenType == JsonTokenType.String;
        return found ? json.GetString() : null;
    }
}
