using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// Owns one rd_kafka_t and forwards its log and events. librdkafka signals when its queue has events, and a thread of the pool takes them; no
/// thread blocks waiting for them.
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

    /// <summary>Creates a client, which connects in the background.</summary>
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

        // With a group, its errors go to a separate consumer queue, unless all events are redirected there.
        bool hasGroup = kind == ClientKind.Admin && NativeMethods.PollSetConsumer(Client) == NativeError.None;
        _queue = hasGroup ? NativeMethods.QueueGetConsumer(Client) : NativeMethods.QueueGetMain(Client);
        NativeMethods.QueueOnEvent(_queue, &OnQueueFilled, GCHandle.ToIntPtr(_self));
        Execute();
    }

    /// <summary>The rd_kafka_t.</summary>
    public nint Client { get; }

    /// <summary>The last error since <see cref="ClearLastProblem"/>; <see cref="NativeProblem.None"/> if there is none.</summary>
    public NativeProblem LastProblem => _lastProblem;

    /// <summary>Called when a broker has responded: earlier errors are obsolete.</summary>
    public void ClearLastProblem() => _lastProblem = NativeProblem.None;

    /// <summary>
    /// Closes the client. Blocks until librdkafka's threads have ended. All objects created from the client must be destroyed before.
    /// </summary>
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
                + $"{LibrdkafkaLibrary.PathVariable} may name a library with other features.");
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

    // librdkafka reports a refused handshake a second time as a lost connection, without the reason: keep the first report.
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

        // A disconnect by the broker is only logged, never an event: "[thrd:NAME]: NAME: Disconnected: … (after …)".
        if (facility == "FAIL" && level > LogError)
        {
            Remember(new NativeProblem(NativeError.Transport, WithoutFrame(WithoutFrame(text)), IsDisconnect: true));
        }

        // ConnectionHealth reports an outage once, and a loading coordinator is normal after each start of a broker: both stay out of the warnings.
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

    // librdkafka only logs that a topic was replaced, and continues at the old offset in the new topic. A topic whose id becomes known for the first
    // time changes from "AAA…", which is no replacement.
    [GeneratedRegex(@"Topic (\S+) changed id from (?!A+ )")]
    private static partial Regex ReplacedTopic();

    // "127.0.0.1:1/bootstrap: Connect to … failed: Connection refused (after 0ms in state CONNECT)" without prefix and suffix.
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

    // Called while librdkafka holds the queue's lock, so it must not use the queue.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnQueueFilled(nint client, nint self)
    {
        if (GCHandle.FromIntPtr(self).Target is ClientHandle handle)
        {
            ThreadPool.UnsafeQueueUserWorkItem(handle, preferLocal: false);
        }
    }
}

/// <summary>Events of a client. Called one at a time, on any thread.</summary>
internal unsafe interface IClientEvents
{
    /// <summary>This client has lost all its brokers.</summary>
    void OnAllBrokersDown();

    /// <summary>A fatal error: the client no longer works.</summary>
    void OnFatal(string problem);

    /// <summary>
    /// The topic was replaced by another one of the same name. Called before records of the new topic are fetched, while librdkafka holds locks:
    /// the handler must not call librdkafka.
    /// </summary>
    void OnTopicReplaced(string topic);

    /// <summary>Delivery reports. Valid during the call.</summary>
    void OnDelivered(NativeMessage** messages, int count);
}

/// <summary>An error of a client's connections.</summary>
/// <param name="Error">The error code.</param>
/// <param name="Text">librdkafka's text, which never contains values of properties.</param>
/// <param name="IsDisconnect">Whether the broker closed a connection that it had accepted.</param>
internal sealed record NativeProblem(NativeError Error, string Text, bool IsDisconnect = false)
{
    /// <summary>No error.</summary>
    public static readonly NativeProblem None = new(NativeError.None, "");

    /// <summary>Whether one side rejects the other's password or certificate, so that retrying does not help.</summary>
    public bool IsRefusal => Error is NativeError.Authentication or NativeError.Ssl;
}
