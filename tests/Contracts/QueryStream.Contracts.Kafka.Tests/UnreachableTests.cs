using System.Net;
using System.Net.Sockets;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Logging;
using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>The error of a source that cannot reach Kafka, and when it is reported. The clocks are the tests' own.</summary>
public sealed class UnreachableTests : IDisposable
{
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);

    public UnreachableTests() => _silent.Start();

    public void Dispose() => _silent.Dispose();

    // Accepts connections and never responds.
    private string SilentAddress => $"{_silent.LocalEndpoint}";

    [Fact]
    public Task A_source_without_a_broker_or_with_an_unknown_host_fails() => Task.WhenAll(
        AssertUnavailableAsync(Clients(), KafkaServer.UnusedAddress(), "any"), AssertUnavailableAsync(Clients(), "kafka.invalid:9092", "any"));

    [Fact]
    public async Task Brokers_that_all_refuse_connections_are_given_up_after_three_seconds() => Assert.Contains(
        "refused",
        await ErrorAfterAsync(TimeSpan.FromSeconds(3), $"{KafkaServer.UnusedAddress()},{KafkaServer.UnusedAddress()}"),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_broker_that_never_responds_is_given_up_after_eight_seconds() =>
        Assert.Contains(SilentAddress, await ErrorAfterAsync(TimeSpan.FromSeconds(8), SilentAddress), StringComparison.Ordinal);

    [Fact]
    public async Task A_source_is_open_or_fails_within_nine_seconds_however_many_requests_that_takes()
    {
        ManualTime time = new();
        KafkaSourceOptions options = new() { BootstrapServers = SilentAddress, Topic = "any" };
        await using SourceHarness<string> source = new(job => job.Kafka<string>("texts", options).Format(new GoodTexts()), 0, 1, time, Clients());
        Task open = source.OpenAsync();
        await Wait.UntilAsync("the limit to be set", () => time.Timers > 0);

        time.Advance(TimeSpan.FromSeconds(9));

        ServiceUnavailableException error = await Assert.ThrowsAsync<ServiceUnavailableException>(() => open);
        Assert.Equal(
            $"Kafka not available at {SilentAddress} (no response within 9 s); setting --kafka or KAFKA_BOOTSTRAP_SERVERS", error.Message);
    }

    internal static async Task AssertUnavailableAsync(IKafkaClients clients, string address, string topic)
    {
        KafkaSourceOptions options = new() { BootstrapServers = address, Topic = topic };
        await using SourceHarness<string> source = new(
            job => job.Kafka<string>("texts", options).Format(new GoodTexts()), 0, 1, TimeProvider.System, clients);

        ServiceUnavailableException error = await Assert.ThrowsAsync<ServiceUnavailableException>(source.OpenAsync);

        Assert.Matches(
            $@"^Kafka not available at {address.Replace(".", "\\.", StringComparison.Ordinal)} \(.+\); setting --kafka or KAFKA_BOOTSTRAP_SERVERS$",
            error.Message);
        Assert.Equal(("Kafka", address), (error.Service, error.Address));
    }

    private static LibrdkafkaClients Clients(TimeProvider? time = null) => new(time ?? TimeProvider.System, new LogCollector());

    // Only an error that is due by then can end the request: no more time passes.
    private static async Task<string> ErrorAfterAsync(TimeSpan elapsed, string address)
    {
        KafkaConnection connection = new(address, "", new Dictionary<string, string>());
        await using IKafkaAdmin admin = Clients(new ClockWithOneStep(elapsed)).OpenAdmin(connection);
        Task<KafkaTopic?> request = admin.FindTopicAsync("any", CancellationToken.None);
        ServiceUnavailableException error = await Assert.ThrowsAsync<ServiceUnavailableException>(
            () => Wait.ForAsync("the request to end", request));
        return error.Message;
    }

    // The first time that is asked for is the start of the request; all later ones are one step behind it.
    private sealed class ClockWithOneStep(TimeSpan step) : TimeProvider
    {
        private int _calls;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Increment(ref _calls) == 1 ? 0 : step.Ticks;
    }
}
