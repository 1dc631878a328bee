using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using QueryStream.Core.Errors;
using QueryStream.Streams.Settings;

namespace QueryStream.Hosting;

/// <summary>Registers the options of a process, which are bound from its configuration.</summary>
public static class OptionsServices
{
    /// <summary>
    /// Registers options whose properties with a <see cref="SettingAttribute"/> are bound to a section of the configuration, in the syntax of
    /// <see cref="SettingValue"/>. They are resolved as <typeparamref name="T"/> and as <see cref="IOptions{T}"/>; with a wrong value, either throws
    /// a <see cref="SettingException"/> that names the key and the value.
    /// </summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="section">The section, for example <c>QueryStream:Worker</c>. Its keys are the names of the settings, in any case.</param>
    /// <param name="validateOnStart">Whether options are validated when the host starts, or when they are first resolved.</param>
    public static IServiceCollection AddQueryStreamOptions<T>(this IServiceCollection services, string section, bool validateOnStart = true)
        where T : class, new()
    {
        OptionsBuilder<T> builder = services.AddOptions<T>()
            .Configure<IConfiguration>((options, configuration) => Bind(options, configuration.GetSection(section)));
        if (validateOnStart)
        {
            builder.ValidateOnStart();
        }

        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
        return services;
    }

    /// <summary>Reads options while the process is being composed, before it has services.</summary>
    /// <exception cref="SettingException">A value is not allowed, or a key is unknown.</exception>
    public static T Read<T>(IConfiguration configuration, string section)
        where T : class, new()
    {
        T options = new();
        Bind(options, configuration.GetSection(section));
        return options;
    }

    private static void Bind(object options, IConfigurationSection section)
    {
        IReadOnlyList<SettingInfo> settings = SettingsBinder.Describe(options);
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (IConfigurationSection child in section.GetChildren())
        {
            SettingInfo setting = settings.FirstOrDefault(candidate => candidate.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw SettingsBinder.Unknown(child.Path, settings.Select(candidate => $"{section.Path}:{candidate.Name}"));
            values[setting.Name] = child.Value ?? string.Join(",", child.GetChildren().Select(element => element.Value));
        }

        try
        {
            SettingsBinder.Bind(options, values);
        }
        catch (SettingException e)
        {
            throw new SettingException($"{section.Path}:{e.Setting}", e.Problem);
        }
    }
}
