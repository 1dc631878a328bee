using System.Globalization;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Errors;
using QueryStream.Hosting;
using QueryStream.Streams.Settings;

namespace QueryStream.Local;

/// <summary>
/// The host of a program that runs jobs in its own process. Its configuration comes from, the first one wins: the command line, the variables
/// <c>KAFKA_BOOTSTRAP_SERVERS</c>, <c>REDIS_ADDRESS</c>, <c>REDIS_PASSWORD</c> and <c>QUERYSTREAM_LOG</c>, the environment
/// (<c>QueryStream__LocalCluster__Workers</c>), and <c>appsettings.json</c> of the working directory. It logs to stderr, one line per event.
/// </summary>
public static class LocalHost
{
    /// <summary>The environment variable with the lowest level to log.</summary>
    public const string LogVariable = "QUERYSTREAM_LOG";

    private const string LogLevelKey = "Logging:LogLevel:Default";
    private const string SettingsFile = "appsettings.json";

    private static readonly Dictionary<string, string?> Defaults = new()
    {
        [LogLevelKey] = nameof(LogLevel.Information),
        ["Logging:LogLevel:Microsoft"] = nameof(LogLevel.Warning),
        ["Logging:Console:FormatterName"] = LineFormatter.FormatterName,
    };

    // Short names of configuration keys.
    private static readonly (string Variable, string Key)[] Variables =
    [
        ("KAFKA_BOOTSTRAP_SERVERS", $"{KafkaClientOptions.Section}:{nameof(KafkaClientOptions.BootstrapServers)}"),
        ("REDIS_ADDRESS", $"{RedisClientOptions.Section}:{nameof(RedisClientOptions.Address)}"),
        ("REDIS_PASSWORD", $"{RedisClientOptions.Section}:{nameof(RedisClientOptions.Password)}"),
        (LogVariable, LogLevelKey),
    ];

    /// <summary>
    /// Makes a program that runs jobs format and parse the same way on every machine: the invariant culture on all threads, also in the functions of
    /// jobs, and UTF-8 on the console.
    /// </summary>
    public static void UseInvariantTexts()
    {
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    }

    /// <summary>Creates a host with configuration and logging; the caller adds its roles.</summary>
    /// <param name="commandLine">What the command line sets, by configuration key; null values are not set.</param>
    /// <exception cref="SettingException"><c>appsettings.json</c> cannot be read, or the log level is unknown.</exception>
    public static HostApplicationBuilder CreateBuilder(IEnumerable<KeyValuePair<string, string?>>? commandLine = null)
    {
        HostApplicationBuilder builder = new(
            new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = Directory.GetCurrentDirectory() });
        Configure(builder, commandLine);
        return builder;
    }

    /// <summary>Configures a host of another kind, such as a web application, as <see cref="CreateBuilder"/> does.</summary>
    /// <param name="builder">A host without defaults.</param>
    /// <param name="commandLine">What the command line sets, by configuration key; null values are not set.</param>
    /// <exception cref="SettingException"><c>appsettings.json</c> cannot be read, or the log level is unknown.</exception>
    public static void Configure(IHostApplicationBuilder builder, IEnumerable<KeyValuePair<string, string?>>? commandLine = null)
    {
        builder.Configuration.AddInMemoryCollection(Defaults);
        AddSettingsFile(builder.Configuration);
        builder.Configuration.AddEnvironmentVariables().AddInMemoryCollection(FromVariables())
            .AddInMemoryCollection((commandLine ?? []).Where(option => option.Value is not null));

        LogLevel level = LevelOf(builder.Configuration);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"))
            .AddConsole(static options => options.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddConsoleFormatter<LineFormatter, LineFormatterOptions>();
        builder.Services.Configure<LineFormatterOptions>(options => options.IncludeStackTraces |= level <= LogLevel.Debug);

        // The program handles signals itself, since a second Ctrl-C must end it at once.
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(40));
        builder.Services.TryAddSingleton(TimeProvider.System);
    }

    /// <summary>Makes a configured host keep the last lines of its log in the <see cref="RecentLog"/> of its services.</summary>
    /// <param name="builder">The host.</param>
    public static void KeepRecentLog(IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<RecentLog>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, RecentLogProvider>());
    }

    /// <summary>Adds <c>appsettings.json</c> of the configuration's folder, if it is there.</summary>
    /// <exception cref="SettingException">It cannot be read.</exception>
    public static void AddSettingsFile(IConfigurationManager configuration)
    {
        try
        {
            configuration.AddJsonFile(SettingsFile, optional: true, reloadOnChange: false);
        }
        catch (InvalidDataException e)
        {
            throw new SettingException(
                SettingsFile, $"the file in {Directory.GetCurrentDirectory()} cannot be read: {(e.InnerException ?? e).Message}");
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> FromVariables() =>
        from variable in Variables
        let value = Environment.GetEnvironmentVariable(variable.Variable)
        where !string.IsNullOrEmpty(value)
        select KeyValuePair.Create<string, string?>(variable.Key, value);

    private static LogLevel LevelOf(IConfiguration configuration)
    {
        string text = configuration[LogLevelKey]!;
        if (SettingValue.TryParse(typeof(LogLevel), text, out object? level, out string problem))
        {
            return (LogLevel)level!;
        }

        throw new SettingException(Environment.GetEnvironmentVariable(LogVariable) == text ? LogVariable : LogLevelKey, problem);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
