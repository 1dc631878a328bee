using System.Text;
using System.Threading.Channels;
using QueryStream.TestKit;

namespace QueryStream.Connectors.Redis.Tests.Support;

/// <summary>A Redis that replies when and what the test says.</summary>
internal sealed class ScriptedRedis : IRedisConnections, IRedisConnection
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    /// <summary>Waits for the next flush of a writer. The first one raises the fence.</summary>
    public async Task<Call> NextAsync()
    {
        Task<Call> next = _calls.Reader.ReadAsync().AsTask();
        await Wait.ForAsync("the writer to send a flush", next);
        return await next;
    }

    /// <summary>Whether a flush was sent that <see cref="NextAsync"/> has not returned yet.</summary>
    public bool HasNext => _calls.Reader.TryPeek(out _);

    public bool IsDisposed { get; private set; }

    public IRedisConnection Acquire(RedisAddress address) => this;

    public Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken)
    {
        Call call = new(flush);
        _calls.Writer.TryWrite(call);
        return call.Reply.WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    internal sealed class Call(RedisFlush flush)
    {
        private readonly TaskCompletionSource<RedisReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RedisFlush Flush { get; } = flush;

        public Task<RedisReply> Reply => _reply.Task;

        public IEnumerable<string> Rows => Flush.Rows.Select(row => $"{Encoding.UTF8.GetString(row.Key)}={Encoding.UTF8.GetString(row.Value!)}");

        public void Answer(RedisReply reply) => _reply.SetResult(reply);

        public void Written() => Answer(RedisReply.Written.Instance);
    }
}
