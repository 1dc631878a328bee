using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// One rd_kafka_t: made from settings, with its log and its events forwarded. Events are taken off its queue on the thread pool
/// when librdkafka says that there are some; so no thread of ours waits for them.
/// </summary>
internal sealed unsafe partial class ClientHandle : IThreadPoolWorkItem
{
    private const int ErrorSize = 512;
    private const int Producer = 0;
    private const int Consumer = 1;
    private const int EventDelivery = 0x1;
    private const int EventError = 0x8;
    private const int NoConsumerClose = 0x8;
    private const int MessagesPerCall = 512;
    private const int LogError = 3;

    // Events are handled one at a time, and none after the client has been closed.
    private readonly Lock _pump = new();
    private readonly IClientEvents _events;
    private readonly ILogger _logger;
    private readonly string _address;
    private readonly nint _queue;
    private GCHandle _self;
    private bool _closed;

    // Written by librdkafka's threads, read for messages; a reference, so always whole.
    private volatile NativeProblem _lastProblem = NativeProblem.None;

    /// <summary>Creates a client; it connects by itself.</summary>
    /// <exception cref="SettingException">A property is unknown or its value is not allowed.</exception>
    public ClientHandle(
        ClientKind kind, IEnumerable<KeyValuePair<string, string>> settings, IClientEvents events, ILogger logger, string address)
    {
        _events = events;
        _logger = logger;
        _address = address;
        _self = GCHandle.Alloc(this);
        try
        {
            Client = Create(kind == ClientKind.Produce ? Producer : Consumer, settings);
        }
        catch
        {
            _self.Free();
            throw;
        }

        // With a group, errors of the group land in a queue of their own; one queue for all has to be asked for.
        bool hasGroup = kind == ClientKind.Admin && NativeMethods.PollSetConsumer(Client) == NativeError.None;
        _queue = hasGroup ? NativeMethods.QueueGetConsumer(Client) : NativeMethods.QueueGetMain(Client);
        NativeMethods.QueueOnEvent(_queue, &OnQueueFilled, GCHandle.ToIntPtr(_self));
        Execute();
    }

    /// <summary>The rd_kafka_t.</summary>
    public nint Client { get; }

    /// <summary>What went wrong since the last <see cref="Answered"/>.</summary>
    public NativeProblem LastProblem => _lastProblem;

    /// <summary>A broker has answered: what went wrong before does not matter any more.</summary>
    public void Answered() => _lastProblem = NativeProblem.None;

    /// <summary>Ends the client. Waits for its threads, so it is called where that does no harm. All that was made of it must be gone.</summary>
    public void Close()
    {
        NativeMethods.QueueOnEvent(_queue, null, 0);
        lock (_pump)
        {
            _closed = true;
        }

        NativeMethods.QueueDestroy(_queue);
        NativeMethods.Destroy(Client, NoConsumerClose);
        _self.Free();
    }

    /// <inheritdoc/>
    public void Execute()
    {
        lock (_pump)
        {
            while (!_closed && NativeMethods.QueuePoll(_queue, 0) is nint nativeEvent and not 0)
            {
                Handle(nativeEvent);
                NativeMethods.EventDestroy(nativeEvent);
            }
        }
    }

    private nint Create(int type, IEnumerable<KeyValuePair<string, string>> settings)
    {
        byte* error = stackalloc byte[ErrorSize];
        nint conf = NativeMethods.ConfNew();
        foreach ((string name, string value) in settings)
        {
            if (NativeMethods.ConfSet(conf, name, value, error, ErrorSize) != 0)
            {
                NativeMethods.ConfDestroy(conf);
                throw new SettingException(name, $"librdkafka refuses this property: {NativeMethods.Text(error)}");
            }
        }

        NativeMethods.ConfSetLog(conf, &OnLog);
        NativeMethods.ConfSetOpaque(conf, GCHandle.ToIntPtr(_self));
        NativeMethods.ConfSetEvents(conf, type == Producer ? EventDelivery | EventError : EventError);
        nint client = NativeMethods.New(type, conf, error, ErrorSize);
        if (client == 0)
        {
            NativeMethods.ConfDestroy(conf);
            LoadedLibrary library = LibrdkafkaLibrary.Load();
            throw new SettingException(
                "kafka",
                $"librdkafka {library.Version} ({library.Name}) refuses the client's properties: {NativeMethods.Text(error)}. "
                + $"{LibrdkafkaLibrary.PathVariable} may name one that was built otherwise.");
        }

        return client;
    }

    private void Handle(nint nativeEvent)
    {
        switch (NativeMethods.EventType(nativeEvent))
        {
            case EventDelivery:
                NativeMessage** messages = stackalloc NativeMessage*[MessagesPerCall];
                while (NativeMethods.EventMessages(nativeEvent, messages, MessagesPerCall) is nuint count and not 0)
                {
                    _events.OnDelivered(messages, (int)count);
                }

                break;
            case EventError:
                HandleError(NativeMethods.EventError(nativeEvent), NativeMethods.Text(NativeMethods.EventErrorText(nativeEvent)));
                break;
        }
    }

    private void HandleError(NativeError error, string text)
    {
        if (error == NativeError.AllBrokersDown)
        {
            _events.OnAllBrokersDown();
        }
        else if (error == NativeError.Fatal)
        {
            byte* reason = stackalloc byte[ErrorSize];
            NativeMethods.FatalError(Client, reason, ErrorSize);
            string problem = NativeMethods.Text(reason);
            _logger.FatalClientError(_address, problem);
            _events.OnFatal(problem);
        }
        else
        {
            Remember(new NativeProblem(error, WithoutFrame(text)));
            _logger.ClientProblem(_address, text);
        }
    }

    // A refused handshake is told a second time as a connection that is gone, without the reason.
    private void Remember(NativeProblem problem)
    {
        if (problem.Error != NativeError.Transport || !_lastProblem.IsRefusal)
        {
            _lastProblem = problem;
        }
    }

    private void WriteLog(int level, string facility, string text)
    {
        if (facility == "METADATA" && ReplacedTopic().Match(text) is { Success: true } match)
        {
            _events.OnTopicReplaced(match.Groups[1].Value);
        }

        // A broker that hangs up is told in the log only: "[thrd:NAME]: NAME: Disconnected: … (after …)".
        if (facility == "FAIL" && level > LogError)
        {
            Remember(new NativeProblem(NativeError.Transport, WithoutFrame(WithoutFrame(text)), IsHangUp: true));
        }

        // What an outage brings is told once, by ConnectionHealth; and that a coordinator is loading, at each start of a broker.
        if (facility is "FAIL" or "ERROR" or "FATAL" or "REQTMOUT" or "GETPID")
        {
            _logger.NativeInformation(facility, text);
            return;
        }

        switch (level)
        {
            case <= 2:
                _logger.NativeCritical(facility, text);
                break;
            case <= 4:
                _logger.NativeWarning(facility, text);
                break;
            case <= 6:
                _logger.NativeInformation(facility, text);
                break;
            default:
                _logger.NativeDebug(facility, text);
                break;
        }
    }

    // librdkafka says this in no other way, and goes on at the old position, in the middle of the new topic. The id of a topic that only becomes
    // known is "AAA…" before.
    [GeneratedRegex(@"Topic (\S+) changed id from (?!A+ )")]
    private static partial Regex ReplacedTopic();

    // "127.0.0.1:1/bootstrap: Connect to … failed: Connection refused (after 0ms in state CONNECT)" without both ends.
    private static string WithoutFrame(string text)
    {
        int start = text.IndexOf(": ", StringComparison.Ordinal);
        int end = text.LastIndexOf(" (after ", StringComparison.Ordinal);
        start = start < 0 || !text.AsSpan(0, start).Contains('/') ? 0 : start + 2;
        return text[start..(end > start ? end : text.Length)];
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(nint client, int level, byte* facility, byte* text)
    {
        nint self = client == 0 ? 0 : NativeMethods.Opaque(client);
        if (self != 0 && GCHandle.FromIntPtr(self).Target is ClientHandle handle)
        {
            handle.WriteLog(level, NativeMethods.Text(facility), NativeMethods.Text(text));
        }
    }

    // Called with the queue's lock held: it must not touch the queue here.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnQueueFilled(nint client, nint self)
    {
        if (GCHandle.FromIntPtr(self).Target is ClientHandle handle)
        {
            ThreadPool.UnsafeQueueUserWorkItem(handle, preferLocal: false);
        }
    }
}

/// <summary>What a client reports by itself. Called one at a time, on any thread.</summary>
internal unsafe interface IClientEvents
{
    /// <summary>No broker can be reached, as far as this client knows.</summary>
    void OnAllBrokersDown();

    /// <summary>The client cannot work any more.</summary>
    void OnFatal(string problem);

    /// <summary>
    /// The topic of that name has another id than before. Called before records of the new topic are fetched, with librdkafka's locks held: it must
    /// not call librdkafka.
    /// </summary>
    void OnTopicReplaced(string topic);

    /// <summary>Records were acknowledged or refused; valid during the call.</summary>
    void OnDelivered(NativeMessage** messages, int count);
}

/// <summary>What went wrong with a client's connections.</summary>
/// <param name="Error">Its kind.</param>
/// <param name="Text">In librdkafka's words, which hold no property's value.</param>
/// <param name="IsHangUp">Whether the broker has ended a connection that it had accepted.</param>
internal sealed record NativeProblem(NativeError Error, string Text, bool IsHangUp = false)
{
    /// <summary>Nothing did.</summary>
    public static readonly NativeProblem None = new(NativeError.None, "");

    /// <summary>Whether one side does not accept the other: a password or a certificate, which do not become right by waiting.</summary>
    public bool IsRefusal => Error is NativeError.Authentication or NativeError.Ssl;
}
