using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Local.Tests;

/// <summary>Configuration and logging of programs that run jobs in their own process.</summary>
public sealed class LocalHostTests
{
    [Fact]
    public void The_command_line_comes_before_the_environment_and_lists_and_lower_case_keys_are_taken()
    {
        HostApplicationBuilder builder = LocalHost.CreateBuilder([KeyValuePair.Create<string, string?>("QueryStream:LocalCluster:Workers", "5")]);
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>("querystream:localcluster:slots", "7")]);
        builder.Services.AddQueryStreamLocalCluster().AddQueryStreamKafka();
        using IHost host = builder.Build();

        LocalClusterOptions options = host.Services.GetRequiredService<LocalClusterOptions>();

        Assert.Equal((5, 7), (options.Workers, options.Slots));
        Assert.Same(options, host.Services.GetRequiredService<IOptions<LocalClusterOptions>>().Value);
    }

    [Theory]
    [InlineData(
        "QueryStream:Redis:Address",
        "nowhere:x",
        "'nowhere:x' is not an address of Redis: HOST is a name, an IPv4 address or an IPv6 address in brackets, and PORT is 1 to 65535. "
        + "Write HOST:PORT, for example localhost:6379, or redis[s]://[USER@]HOST:PORT[,HOST:PORT][/DATABASE]. REDIS_ADDRESS sets it too.")]
    [InlineData(
        "QueryStream:Kafka:BootstrapServers",
        "nowhere",
        "'nowhere' is not HOST:PORT, or several separated by commas; for example localhost:9092. KAFKA_BOOTSTRAP_SERVERS sets it too.")]
    [InlineData("QueryStream:Redis:ConnectTimeout", "0s", "0 is not allowed. Allowed: more than 0, for example 5s.")]
    [InlineData("QueryStream:Redis:ResponseTimeout", "5", "'5' is not a duration: a number with a unit, 500ms, 5s, 2min, 1h or 30d.")]
    public async Task A_wrong_option_of_a_connector_is_an_error_of_its_clients_only(string key, string value, string problem)
    {
        HostApplicationBuilder builder = LocalHost.CreateBuilder([KeyValuePair.Create<string, string?>(key, value)]);
        builder.Services.AddQueryStreamKafka().AddQueryStreamRedis();
        using IHost host = builder.Build();

        await host.StartAsync();
        SettingException error = Assert.Throws<SettingException>(() => host.Services.GetRequiredService(
            key.StartsWith(KafkaClientOptions.Section, StringComparison.Ordinal) ? typeof(IKafkaClients) : typeof(IRedisConnections)));

        Assert.Equal((key, problem), (error.Setting, error.Problem));
    }

    [Fact]
    public void Clients_know_the_address_for_jobs_that_name_none()
    {
        HostApplicationBuilder builder = LocalHost.CreateBuilder(
        [
            KeyValuePair.Create<string, string?>("QueryStream:Kafka:BootstrapServers", "a:1,b:2"),
            KeyValuePair.Create<string, string?>("QueryStream:Redis:Address", "redis://u@c:3"),
        ]);
        builder.Services.AddQueryStreamKafka().AddQueryStreamRedis();
        using IHost host = builder.Build();

        Assert.Equal("a:1,b:2", host.Services.GetRequiredService<IKafkaClients>().BootstrapServers);
        Assert.Equal(RedisAddress.Parse("redis://u@c:3"), host.Services.GetRequiredService<IRedisConnections>().Address);
    }

    [Fact]
    public async Task A_view_that_fails_cancels_the_job_that_nobody_sees_any_more()
    {
        LambdaJob endless = new(
            "endless", job => job.Source("numbers", new MemorySource<int>([1, 2, 3]) { IsBounded = false }).To("memory", new MemorySink<int>()));
        HostApplicationBuilder builder = LocalHost.CreateBuilder();
        builder.Services.AddQueryStreamLocalCluster();
        using IHost host = builder.Build();
        JobHandle? accepted = null;
        LocalRun run = new(host) { OnAccepted = job => accepted = job, Watch = (_, _) => Task.FromException(new IOException("no terminal")) };

        IOException error = await Assert.ThrowsAsync<IOException>(() => run.RunAsync(endless, JobSettings.None, CancellationToken.None));

        Assert.Equal("no terminal", error.Message);
        Assert.Equal(JobStatus.Canceled, accepted!.Status);
    }

    [Fact]
    public void The_first_signal_stops_the_program_and_one_after_two_seconds_ends_it()
    {
        ManualTime time = new();
        time.Advance(TimeSpan.FromSeconds(1));
        int restored = 0;
        using StopSignals signals = new(() => restored++, time);

        Assert.True(signals.Stop());
        Assert.True(signals.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.True(signals.Stop());
        Assert.Equal(0, restored);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(signals.Stop());
        Assert.Equal(1, restored);
    }

    [Fact]
    public void Each_further_signal_cancels_a_token_that_was_asked_for_and_else_ends_the_process()
    {
        int restored = 0;
        ManualTime time = new();
        using StopSignals signals = new(() => restored++, time);
        CancellationToken second = signals.Next();

        Assert.True(signals.Stop());
        Assert.True(signals.Stop());
        Assert.Equal((true, false), (signals.Token.IsCancellationRequested, second.IsCancellationRequested));

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(signals.Stop());
        CancellationToken third = signals.Next();
        Assert.True(signals.Stop());
        Assert.Equal((true, false), (second.IsCancellationRequested, third.IsCancellationRequested));

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(signals.Stop());
        Assert.Equal((true, 0), (third.IsCancellationRequested, restored));

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(signals.Stop());
        Assert.Equal(1, restored);
    }

    [Fact]
    public void A_log_line_has_time_level_and_message() =>
        Assert.Equal($"00:00:00.000 INFO  one two{Environment.NewLine}", Format(LogLevel.Information, "one\ntwo", null));

    [Fact]
    public void An_exception_is_a_part_of_the_line_and_its_stack_trace_only_shown_for_debugging()
    {
        Exception exception = Thrown(new FormatException("bad\nrow"));

        Assert.Equal(
            $"00:00:00.000 ERROR Map failed: FormatException: bad row (QUERYSTREAM_LOG=debug shows where it was thrown){Environment.NewLine}",
            Format(LogLevel.Error, "Map failed", exception));
        Assert.Contains(nameof(Thrown), Format(LogLevel.Error, "Map failed", exception, includeStackTraces: true), StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_that_the_program_reports_itself_is_only_logged_for_debugging()
    {
        Exception exception = Thrown(new ServiceUnavailableException("Redis", "h:1", "Connection refused"));

        Assert.Equal("", Format(LogLevel.Error, "Job failed", exception));
        Assert.Contains("Connection refused", Format(LogLevel.Error, "Job failed", exception, includeStackTraces: true), StringComparison.Ordinal);
    }

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static string Format(LogLevel level, string message, Exception? exception, bool includeStackTraces = false)
    {
        using StringWriter output = new();
        LineFormatter formatter = new(Options.Create(new LineFormatterOptions { IncludeStackTraces = includeStackTraces }), new ManualTime());
        formatter.Write(new LogEntry<string>(level, "x", default, message, exception, static (text, _) => text), null, output);
        return output.ToString();
    }
}
