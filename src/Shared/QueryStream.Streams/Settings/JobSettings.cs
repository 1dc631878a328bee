namespace QueryStream.Streams.Settings;

/// <summary>A job's settings as captured at submission: names to values, as the user wrote them. Immutable.</summary>
/// <param name="values">Names to values.</param>
/// <param name="onBind">Told of the settings that a job asks for, for who wants to know which there are.</param>
public sealed class JobSettings(IReadOnlyDictionary<string, string> values, Action<IReadOnlyList<SettingInfo>>? onBind = null)
{
    /// <summary>No settings: all defaults.</summary>
    public static readonly JobSettings None = new(new Dictionary<string, string>());

    /// <summary>Names to values.</summary>
    public IReadOnlyDictionary<string, string> Values { get; } = values;

    /// <summary>Binds the values to a record with <see cref="SettingAttribute"/>s.</summary>
    /// <exception cref="Core.Errors.SettingException">A name is unknown or a value is not allowed.</exception>
    public T Bind<T>()
        where T : new()
    {
        onBind?.Invoke(SettingsBinder.Describe<T>());
        return SettingsBinder.Bind<T>(Values);
    }
}
