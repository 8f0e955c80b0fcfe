package io.packcache.examples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** The arrows between modules and rooms, held. This module sees all others, so the rules live here. */
@AnalyzeClasses(
        packages = "io.packcache",
        importOptions = {DoNotIncludeTests.class, ArchitectureTest.DoNotIncludeTestJars.class})
class ArchitectureTest {

    /** Test kits that modules lend each other as jars are no part of them either. */
    static final class DoNotIncludeTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    // ---- Modules: what each may name. A library that is not listed is refused. ----

    @ArchTest
    static final ArchRule kvcacheStandsAlone = module(
            "kvcache",
            "jdk.incubator.vector..",
            "com.fasterxml.jackson..",
            "jcuda..",
            "org.bytedeco.cuda..",
            "org.bytedeco.javacpp..");

    @ArchTest
    static final ArchRule streamCoreKnowsReactiveStreamsAndNoLibraryOnTopOfIt =
            module("stream", "io.packcache.kvcache..", "org.reactivestreams..", "com.fasterxml.jackson..", "ai.djl..");

    @ArchTest
    static final ArchRule operatorsKnowNoMedia = module(
            "operators",
            "io.packcache.kvcache..",
            "io.packcache.stream..",
            "org.reactivestreams..",
            "reactor..",
            "akka..",
            "scala..",
            // Optional: the meters of whoever brings a registry.
            "io.micrometer..");

    @ArchTest
    static final ArchRule mediaKnowsNoOperators = module(
            "media",
            "io.packcache.kvcache..",
            "io.packcache.stream..",
            "org.reactivestreams..",
            "org.bytedeco..",
            "javax.imageio..",
            "javax.net.ssl.."); // whom this Java trusts, FFmpeg is to trust as well

    // ---- Rooms: a library has one door. ----

    @ArchTest
    static final ArchRule onlyVectorKernelsNameTheIncubatorModule =
            onlyIn("io.packcache.kvcache.compute.vector..", "jdk.incubator..");

    @ArchTest
    static final ArchRule onlyTheDriverNamesJCuda =
            onlyIn("io.packcache.kvcache.compute.cuda..", "jcuda..").because("JCuda is optional");

    @ArchTest
    static final ArchRule onlyMediaTouchesJavaCv = noClasses()
            .that(resideOutsideOfPackages("io.packcache.media..", "io.packcache.kvcache.compute.cuda.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule onlyTheProductsTouchCublas =
            onlyIn("io.packcache.kvcache.compute.cuda..", "org.bytedeco.cuda..").because("cuBLAS is optional");

    @ArchTest
    static final ArchRule onlyTheAkkaRoomTouchesAkka =
            onlyIn("io.packcache.operators.akka..", "akka..", "scala..").because("a Reactor user never pulls Scala");

    @ArchTest
    static final ArchRule onlyTheReactorRoomAndProgramsTouchReactor = noClasses()
            .that(resideOutsideOfPackages("io.packcache.operators.reactor..", "io.packcache.examples.."))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("reactor..");

    @ArchTest
    static final ArchRule computeImportsNothingAboveIt = noClasses()
            .that()
            .resideInAPackage("io.packcache.kvcache.compute..")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("io.packcache..").and(resideOutsideOfPackage("io.packcache.kvcache.compute..")));

    @ArchTest
    static final ArchRule policiesNeverSeeCompute = noClasses()
            .that()
            .resideInAPackage("io.packcache.kvcache.policy..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.packcache.kvcache.compute..");

    @ArchTest
    static final ArchRule nobodyButTheLadderSeesAConcreteBackend = noClasses()
            .that()
            .resideOutsideOfPackage("io.packcache.kvcache.compute..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.packcache.kvcache.compute.plain..",
                    "io.packcache.kvcache.compute.vector..",
                    "io.packcache.kvcache.compute.cuda..");

    @ArchTest
    static final ArchRule internalIsNobodysApi = classes().should(nameNoInternalsOfAnotherModule());

    // ---- Rooms of one module never form a circle. ----

    @ArchTest
    static final ArchRule noCirclesInKvcache = noCirclesIn("kvcache");

    @ArchTest
    static final ArchRule noCirclesInStreamCore = noCirclesIn("stream");

    @ArchTest
    static final ArchRule noCirclesInOperators = noCirclesIn("operators");

    @ArchTest
    static final ArchRule noCirclesInMedia = noCirclesIn("media");

    @ArchTest
    static final ArchRule noCirclesInExamples = noCirclesIn("examples");

    // ---- Manners. ----

    @ArchTest
    static final ArchRule librariesPrintNothing = noClasses()
            .that()
            .resideOutsideOfPackage("io.packcache.examples..")
            .should(ACCESS_STANDARD_STREAMS)
            .orShould(USE_JAVA_UTIL_LOGGING);

    private static ArchRule module(String name, String... others) {
        String[] own = {"java..", "org.slf4j..", "io.packcache." + name + ".."};
        return classes()
                .that()
                .resideInAPackage("io.packcache." + name + "..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(own).or(resideInAnyPackage(others)));
    }

    private static ArchRule onlyIn(String room, String... library) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library);
    }

    private static ArchRule noCirclesIn(String module) {
        return slices().matching("io.packcache." + module + ".(*)..").should().beFreeOfCycles();
    }

    private static ArchCondition<JavaClass> nameNoInternalsOfAnotherModule() {
        return new ArchCondition<>("name no internal package of another module") {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                origin.getDirectDependenciesFromSelf().stream()
                        .filter(dependency ->
                                isInternal(dependency.getTargetClass().getPackageName()))
                        .filter(dependency ->
                                !module(dependency.getTargetClass()).equals(module(origin)))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription())));
            }
        };
    }

    private static boolean isInternal(String packageName) {
        return packageName.startsWith("io.packcache.") && (packageName + ".").contains(".internal.");
    }

    private static String module(JavaClass type) {
        return type.getPackageName().split("\\.")[2];
    }
}
