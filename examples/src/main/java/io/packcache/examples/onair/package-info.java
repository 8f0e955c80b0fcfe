/** What a person sees and types while a broadcast runs, and how it is measured over hours. */
package io.packcache.examples.onair;
