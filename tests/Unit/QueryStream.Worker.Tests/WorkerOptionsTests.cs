using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Testing.Cluster;
using QueryStream.Wire.Control;
using QueryStream.Worker.Tests.Agent;

namespace QueryStream.Worker.Tests;

public sealed class WorkerOptionsTests : IDisposable
{
    private readonly AgentHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData("w", 0, 1000, "Slots")]
    [InlineData("w", 1025, 1000, "Slots")]
    [InlineData(" ", 1, 1000, "Name")]
    [InlineData("w", 1, 0, "MetricsInterval")]
    public void A_value_that_is_not_possible_is_refused_by_its_name(string name, int slots, int milliseconds, string setting)
    {
        WorkerOptions options = new(new WorkerId(name), slots) { MetricsInterval = TimeSpan.FromMilliseconds(milliseconds) };

        Assert.Equal(setting, Assert.Throws<SettingException>(options.Validate).Setting);
    }

    [Fact]
    public void An_address_that_is_none_is_refused_by_its_name() => Assert.Equal(
        "HttpAddress",
        Assert.Throws<SettingException>(new WorkerOptions(new WorkerId("w"), 1) { HttpAddress = "host:9249" }.Validate).Setting);

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    public void Any_possible_number_of_slots_is_taken(int slots) => new WorkerOptions(new WorkerId("w"), slots).Validate();

    [Fact]
    public void A_worker_of_a_process_has_the_options_of_its_configuration()
    {
        ServiceProvider services = Services(
            ("QueryStream:Worker:Name", "w7"), ("QueryStream:Worker:Slots", "3"), ("QueryStream:Worker:MetricsInterval", "5s"),
            ("QueryStream:Worker:HttpAddress", "http://w7:9249"));

        Assert.Equal(
            new WorkerOptions(new WorkerId("w7"), 3) { MetricsInterval = TimeSpan.FromSeconds(5), HttpAddress = "http://w7:9249" },
            services.GetRequiredService<WorkerOptions>());
        RecordingLink<CoordinatorMessage> link = new();
        services.GetRequiredService<WorkerNode>().Connected(link);
        _harness.Executor.Advance(TimeSpan.FromSeconds(1));
        RegisterWorker registration = Assert.IsType<RegisterWorker>(Assert.Single(link.Sent));
        Assert.Equal((new WorkerId("w7"), 3, "http://w7:9249"), (registration.Worker, registration.Slots, registration.HttpAddress));
    }

    [Fact]
    public void A_wrong_option_is_refused_with_its_key()
    {
        using ServiceProvider services = Services(("QueryStream:Worker:Slots", "0"));

        Assert.Equal("QueryStream:Worker:Slots", Assert.Throws<SettingException>(services.GetRequiredService<WorkerNode>).Setting);
    }

    private ServiceProvider Services(params (string Key, string Value)[] options) => new ServiceCollection()
        .AddSingleton<IConfiguration>(
            new ConfigurationBuilder().AddInMemoryCollection(options.Select(option => KeyValuePair.Create<string, string?>(option.Key, option.Value)))
                .Build())
        .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
        .AddSingleton<Executor>(_harness.Executor)
        .AddSingleton<IJobLoader>(_harness.Jobs)
        .AddSingleton<ITaskChannels>(_harness)
        .AddQueryStreamWorker()
        .BuildServiceProvider();
}
